package io.renderfleet.distributor.dispatch;

import io.renderfleet.job.JobId;
import io.renderfleet.job.UserId;
import io.renderfleet.pool.PoolName;
import io.renderfleet.queue.JobMessage;
import io.renderfleet.queue.Lane;
import io.renderfleet.region.RegionId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Remembers a sample of the jobs that this distributor forwarded to each queue, at most one per {@link #SPACING}. The
 * progress of these jobs shows the progress of the queue. When a queue has more than {@link #MAX_SAMPLES} samples,
 * every second one of the older half is dropped, so that the samples reach back for many hours.
 *
 * <p>Thread-safe. The samples are kept in memory and are lost at a restart.
 */
public final class ForwardedSamples {
    static final Duration SPACING = Duration.ofSeconds(20);
    static final int MAX_SAMPLES = 128;

    private final Clock clock;
    private final Map<Queue, List<Sample>> samples = new HashMap<>();

    public ForwardedSamples(Clock clock) {
        this.clock = clock;
    }

    private record Queue(RegionId region, PoolName pool, Lane lane) {}

    /** A forwarded job and the time when it was forwarded. */
    public record Sample(JobId job, UserId user, Instant forwardedAt) {}

    /** Records that a message was forwarded now. */
    public synchronized void forwarded(RegionId region, JobMessage message) {
        Instant now = clock.instant();
        List<Sample> kept =
                samples.computeIfAbsent(new Queue(region, message.pool(), message.lane()), any -> new ArrayList<>());
        if (kept.isEmpty() || !kept.getLast().forwardedAt().plus(SPACING).isAfter(now)) {
            kept.add(new Sample(message.jobId(), message.userId(), now));
            if (kept.size() > MAX_SAMPLES) {
                thinOut(kept);
            }
        }
    }

    private static void thinOut(List<Sample> kept) {
        List<Sample> fewer = new ArrayList<>();
        for (int i = 0; i < kept.size(); i++) {
            if (i >= kept.size() / 2 || i % 2 == 0) {
                fewer.add(kept.get(i));
            }
        }
        kept.clear();
        kept.addAll(fewer);
    }

    /** The samples of a region's queue, oldest first. */
    public synchronized List<Sample> of(RegionId region, PoolName pool, Lane lane) {
        return List.copyOf(samples.getOrDefault(new Queue(region, pool, lane), List.of()));
    }
}
