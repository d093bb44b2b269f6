package io.renderfleet.job;

import io.github.resilience4j.core.IntervalFunction;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;

/**
 * Eventually consistent reads of up to 100 jobs, all of which are returned: those that DynamoDB leaves unprocessed are
 * read again, after pauses.
 *
 * <p>Thread-safe.
 */
final class BatchReads {
    /** The longest time to read one batch of items; the read fails after it. */
    static final Duration LIMIT = Duration.ofSeconds(5);

    /** An additional limit, which also holds when the clock does not advance. */
    private static final int MAX_TRIES = 100;

    /**
     * The pause between two requests for the rest of a batch: 50 ms at first, doubled each time, randomized by 50
     * percent.
     */
    private static final IntervalFunction BACKOFF =
            IntervalFunction.ofExponentialRandomBackoff(Duration.ofMillis(50), 2, 0.5, Duration.ofSeconds(1));

    /** Whole items. */
    static final KeysAndAttributes WHOLE = KeysAndAttributes.builder().build();

    private final DynamoDbClient client;
    private final String table;
    private final Clock clock;
    private final Pause pause;

    BatchReads(DynamoDbClient client, String table, Clock clock, Pause pause) {
        this.client = client;
        this.table = table;
        this.clock = clock;
        this.pause = pause;
    }

    /** Waits for this time. Tests advance their clock instead. */
    interface Pause {
        void pause(Duration length) throws InterruptedException;
    }

    /**
     * The items of these keys, in any order; without those that do not exist.
     *
     * @param keys have the key of the table among their attributes
     * @throws SdkClientException when DynamoDB does not return all of them in time; the call can be repeated
     */
    List<Map<String, AttributeValue>> fetch(List<Map<String, AttributeValue>> keys, KeysAndAttributes projection) {
        List<Map<String, AttributeValue>> wanted = keys.stream()
                .map(key -> Map.of(JobTable.JOB_ID, Objects.requireNonNull(key.get(JobTable.JOB_ID))))
                .distinct()
                .toList();
        List<Map<String, AttributeValue>> items = new ArrayList<>();
        Instant deadline = clock.instant().plus(LIMIT);
        for (int tries = 1; !wanted.isEmpty(); tries++) {
            KeysAndAttributes batch = projection.toBuilder().keys(wanted).build();
            var response = client.batchGetItem(request -> request.requestItems(Map.of(table, batch)));
            items.addAll(response.responses().getOrDefault(table, List.of()));
            wanted = Optional.ofNullable(response.unprocessedKeys().get(table))
                    .map(KeysAndAttributes::keys)
                    .orElseGet(List::of);
            if (!wanted.isEmpty()) {
                waitForCapacity(tries, deadline, wanted.size());
            }
        }
        return items;
    }

    /** Waits before the unprocessed keys of a batch are read again. Fails when the time limit would be exceeded. */
    private void waitForCapacity(int tries, Instant deadline, int left) {
        Duration length = Duration.ofMillis(BACKOFF.apply(tries));
        if (tries == MAX_TRIES || clock.instant().plus(length).isAfter(deadline)) {
            throw SdkClientException.create("DynamoDB did not return " + left + " items of a batch within "
                    + LIMIT.toSeconds() + " seconds. The jobs table does not have enough read capacity.");
        }
        try {
            pause.pause(length);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw AbortedException.create("Interrupted while waiting to read a batch of jobs.", e);
        }
    }
}
