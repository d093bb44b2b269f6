package io.renderfleet.jobtype.inference.fleet;

import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromM;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromS;

import io.renderfleet.jobtype.inference.keys.KeyPool;
import io.renderfleet.jobtype.inference.keys.KeyState;
import io.renderfleet.jobtype.inference.keys.KeyView;
import io.renderfleet.region.FleetTable;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * What a worker reports about the keys of a pool, for {@code GET /admin/keys}: the item {@code keystats#<pool>#<worker>}.
 *
 * <p>It is written every five seconds if it has changed: at most 720 writes an hour, each of one write unit for about ten
 * keys. An idle worker writes nothing.
 */
final class KeyFigures {
    static final String KEY = "key#";
    private static final Duration PERIOD = Duration.ofSeconds(5);
    private static final Duration KEPT = Duration.ofHours(1);

    private final FleetItems items;
    private final String id;
    private final KeyPool keys;
    private final InstantSource clock;
    private Map<String, AttributeValue> written = Map.of();
    private Instant next = Instant.MIN;

    KeyFigures(FleetItems items, String pool, String worker, KeyPool keys, InstantSource clock) {
        this.items = items;
        this.id = id(pool, worker);
        this.keys = keys;
        this.clock = clock;
    }

    static String id(String pool, String worker) {
        return "keystats#" + pool + "#" + worker;
    }

    void turn() {
        Instant now = clock.instant();
        if (now.isBefore(next)) {
            return;
        }
        next = now.plus(PERIOD);
        Map<String, AttributeValue> figures = new HashMap<>();
        keys.keys().forEach(key -> figures.put(KEY + key.id(), figures(key)));
        if (!figures.equals(written)) {
            var write = items.write(id)
                    .set(FleetTable.EXPIRES_AT, FleetItems.number(now.plus(KEPT).getEpochSecond()));
            figures.forEach(write::set);
            var _ = write.apply();
            written = figures;
        }
    }

    private static AttributeValue figures(KeyView key) {
        Map<String, AttributeValue> figures = new HashMap<>();
        figures.put("inUse", FleetItems.number(key.inUse()));
        figures.put("calls", FleetItems.number(key.calls()));
        figures.put("last4", fromS(key.last4()));
        Double rate = key.successRate();
        if (rate != null) {
            figures.put("success", FleetItems.number(Math.round(1000 * rate)));
        }
        Duration latency = key.latency();
        if (latency != null) {
            figures.put("latencyMs", FleetItems.number(latency.toMillis()));
        }
        if (key.state() == KeyState.INVALID && key.until() == null) {
            // Perhaps only here, because this worker cannot read the secret.
            figures.put("invalid", fromS(Objects.requireNonNull(key.why())));
        }
        return fromM(figures);
    }
}
