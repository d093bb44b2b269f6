package io.renderfleet.distributor.depth;

import io.renderfleet.queue.Lane;
import io.renderfleet.region.RegionId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.ToLongBiFunction;

/**
 * Reads the depth of a region as the sum of its lanes. Each lane is a separate call, so a lane that was empty and that
 * this distributor sends nothing to is read only once per {@code quietRefresh}. Messages that other distributors send
 * to such a lane are seen after at most that time.
 *
 * <p>Thread-safe.
 */
final class LaneDepths implements DepthReader {
    private final ToLongBiFunction<RegionId, Lane> queue;
    private final Duration quietRefresh;
    private final Clock clock;
    private final Executor executor;
    private final Map<Place, Reading> readings = new ConcurrentHashMap<>();
    private final Map<Lane, Instant> used = new ConcurrentHashMap<>();

    private record Place(RegionId region, Lane lane) {}

    private record Reading(long depth, Instant at) {}

    /**
     * Creates a reader.
     *
     * @param queue reads the depth of the queue of a region and lane
     * @param executor runs the calls for several lanes in parallel
     */
    LaneDepths(ToLongBiFunction<RegionId, Lane> queue, Duration quietRefresh, Clock clock, Executor executor) {
        this.queue = queue;
        this.quietRefresh = quietRefresh;
        this.clock = clock;
        this.executor = executor;
    }

    /** Records that jobs of the lane are about to be sent. */
    void use(Lane lane) {
        used.put(lane, clock.instant());
    }

    @Override
    public long read(RegionId region) {
        Instant quietSince = clock.instant().minus(quietRefresh);
        long sum = 0;
        List<Lane> asked = new ArrayList<>();
        for (Lane lane : Lane.values()) {
            Reading last = readings.get(new Place(region, lane));
            boolean quiet = last != null
                    && last.depth() == 0
                    && last.at().isAfter(quietSince)
                    && used.getOrDefault(lane, Instant.MIN).isBefore(quietSince);
            if (!quiet) {
                asked.add(lane);
            }
        }
        if (asked.isEmpty()) {
            // At least one call, because a sum of 0 without any call would hide that the region does not respond.
            asked.add(Lane.NORMAL);
        }
        Instant at = clock.instant();
        List<CompletableFuture<Long>> depths = asked.stream()
                .map(lane -> CompletableFuture.supplyAsync(() -> queue.applyAsLong(region, lane), executor))
                .toList();
        for (int i = 0; i < asked.size(); i++) {
            long depth = depths.get(i).join();
            readings.put(new Place(region, asked.get(i)), new Reading(depth, at));
            sum += depth;
        }
        return sum;
    }
}
