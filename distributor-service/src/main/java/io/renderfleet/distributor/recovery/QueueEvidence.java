package io.renderfleet.distributor.recovery;

import io.renderfleet.distributor.dispatch.ForwardedSamples;
import io.renderfleet.distributor.dispatch.ForwardedSamples.Sample;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobRecovery;
import io.renderfleet.job.JobRecovery.Progress;
import io.renderfleet.job.UserId;
import io.renderfleet.pool.PoolName;
import io.renderfleet.queue.JobQueue.QueueDepth;
import io.renderfleet.queue.Lane;
import io.renderfleet.region.RegionId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What this distributor remembers of each queue from one sweep to the next, as evidence for or against a lost message:
 * when the queue was last seen empty, and how far it has got with the jobs that were sent to it.
 *
 * <p>How far a queue has got costs one read of at most {@link JobRecovery#MAX_PROGRESS} items for each queue and sweep,
 * and only when a job there has waited for very long. That jobs of the same user, sent much later, have started is
 * taken as proof. That jobs of other users have is not, since a fair queue lets them pass a user with many messages: on
 * that ground at most one message for each user and queue is presumed lost in ten minutes.
 *
 * <p>Thread-safe.
 */
final class QueueEvidence {
    /** Between two guesses for one user and queue. */
    private static final Duration GUESS_EVERY = Duration.ofMinutes(10);

    /** Between two guesses for one FIFO queue without any evidence but that the job's turn has come. */
    private static final Duration HEAD_GUESS_EVERY = Duration.ofMinutes(5);

    private static final int MAX_REMEMBERED = 10_000;

    private final ForwardedSamples samples;
    private final Function<Collection<JobId>, List<Progress>> progress;
    private final Function<JobId, Optional<Instant>> overSince;
    private final Clock clock;
    private final Map<Hop, Sighting> sightings = new HashMap<>();
    private final Map<Hop, Reached> reached = new HashMap<>();
    private final Map<WayOut, Instant> leftMaster = new HashMap<>();
    private final Map<Object, Instant> guesses = bounded();

    /**
     * @param progress reads how far some jobs have got
     * @param overSince reads since when a job is over; empty while it is open
     */
    QueueEvidence(
            ForwardedSamples samples,
            Function<Collection<JobId>, List<Progress>> progress,
            Function<JobId, Optional<Instant>> overSince,
            Clock clock) {
        this.samples = samples;
        this.progress = progress;
        this.overSince = overSince;
        this.clock = clock;
    }

    QueueEvidence(ForwardedSamples samples, JobRecovery jobs, Clock clock) {
        this(samples, jobs::progress, jobs::overSince, clock);
    }

    /**
     * Where a job waits.
     *
     * @param region null for the master queue
     */
    record Hop(@Nullable RegionId region, PoolName pool, Lane lane) {
        static Hop of(Job job) {
            return new Hop(job.region(), job.pool(), Lane.of(job));
        }
    }

    /** A way out of a master queue: its messages for one region may move on while those for another wait for room. */
    private record WayOut(PoolName pool, Lane lane, RegionId region) {}

    private record Guess(UserId user, Hop hop) {}

    /** When a queue was last seen without any message, and without one that waits to be received. */
    private static final class Sighting {
        Instant empty = Instant.MIN;
        Instant idle = Instant.MIN;
    }

    /** The latest of the jobs that went on from a queue, by the time they were sent to it. */
    private static final class Reached {
        Instant byAnybody = Instant.MIN;
        final Map<UserId, Instant> byUser = bounded();

        void note(UserId user, Instant sentAt) {
            byAnybody = later(byAnybody, sentAt);
            byUser.merge(user, sentAt, QueueEvidence::later);
        }
    }

    synchronized void seen(Hop hop, QueueDepth depth) {
        Sighting sighting = sightings.computeIfAbsent(hop, any -> new Sighting());
        Instant now = clock.instant();
        if (depth.total() == 0) {
            sighting.empty = now;
        }
        if (depth.visible() + depth.delayed() == 0) {
            sighting.idle = now;
        }
    }

    /** Whether the queue was seen without any message at this time or later. */
    synchronized boolean wasEmpty(Hop hop, Instant notBefore) {
        Sighting sighting = sightings.get(hop);
        return sighting != null && !sighting.empty.isBefore(notBefore);
    }

    /** Whether the queue was seen, at this time or later, with no message but those that somebody had in hand. */
    synchronized boolean wasIdle(Hop hop, Instant notBefore) {
        Sighting sighting = sightings.get(hop);
        return sighting != null && !sighting.idle.isBefore(notBefore);
    }

    /** Reads how far a region's queue has got. */
    void refresh(RegionId region, PoolName pool, Lane lane) {
        Hop hop = new Hop(region, pool, lane);
        Map<JobId, Sample> asked = unread(region, hop);
        List<Progress> answer = progress.apply(asked.keySet());
        synchronized (this) {
            Reached known = reached.computeIfAbsent(hop, any -> new Reached());
            for (Progress one : answer) {
                Sample sample = asked.get(one.id());
                if (sample != null && region.equals(one.region())) {
                    leftMaster.merge(new WayOut(pool, lane, region), one.createdAt(), QueueEvidence::later);
                    if (one.startedAt() != null && !one.startedAt().isBefore(sample.forwardedAt())) {
                        known.note(sample.user(), sample.forwardedAt());
                    }
                }
            }
        }
    }

    /** Samples that could say something new, at random, so that one that stands still does not hide the others. */
    private synchronized Map<JobId, Sample> unread(RegionId region, Hop hop) {
        Map<UserId, Instant> known = reached.getOrDefault(hop, new Reached()).byUser;
        List<Sample> unread = new ArrayList<>(samples.of(region, hop.pool(), hop.lane()));
        unread.removeIf(sample -> !sample.forwardedAt().isAfter(known.getOrDefault(sample.user(), Instant.MIN)));
        Collections.shuffle(unread);
        return unread.stream()
                .limit(JobRecovery.MAX_PROGRESS)
                .collect(Collectors.toMap(Sample::job, Function.identity(), (one, _) -> one));
    }

    /**
     * Whether jobs that were sent to the same queue much later have gone on, so that this one's message must be lost.
     *
     * @param since since when the job has waited for its message
     * @param much how much later
     */
    synchronized boolean isPassed(Job job, Instant since, Duration much) {
        Hop hop = Hop.of(job);
        Instant bar = since.plus(much);
        if (hop.region() == null) {
            return mayGuess(job, hop) && hasLeftMaster(job, bar);
        }
        Reached known = reached.getOrDefault(hop, new Reached());
        boolean proved = !known.byUser.getOrDefault(job.userId(), Instant.MIN).isBefore(bar);
        boolean likely = !known.byAnybody.isBefore(bar) && mayGuess(job, hop);
        boolean head = hop.lane().isFifo() && isOver(guesses.get(hop), HEAD_GUESS_EVERY);
        return (proved || likely || head) && isItsTurn(job, much);
    }

    private boolean hasLeftMaster(Job job, Instant bar) {
        return leftMaster.entrySet().stream()
                .filter(way ->
                        way.getKey().pool().equals(job.pool()) && way.getKey().lane() == Lane.of(job))
                .filter(way -> job.allowedRegions().isEmpty()
                        || job.allowedRegions().contains(way.getKey().region()))
                .anyMatch(way -> !way.getValue().isBefore(bar));
    }

    private boolean mayGuess(Job job, Hop hop) {
        return isOver(guesses.get(new Guess(job.userId(), hop)), GUESS_EVERY);
    }

    private boolean isOver(@Nullable Instant last, Duration period) {
        return last == null || !last.plus(period).isAfter(clock.instant());
    }

    /** Whether a job waits for a worker, and has for long, and not for the job before it in its ordering key. */
    private boolean isItsTurn(Job job, Duration much) {
        if (job.after() == null) {
            return true;
        }
        return overSince
                .apply(job.after())
                .filter(since -> !since.plus(much).isAfter(clock.instant()))
                .isPresent();
    }

    /** Says that the job's message was presumed lost where it waited. */
    synchronized void presumedLost(Job job) {
        Hop hop = Hop.of(job);
        guesses.put(new Guess(job.userId(), hop), clock.instant());
        guesses.put(hop, clock.instant());
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    private static <K> Map<K, Instant> bounded() {
        return new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<K, Instant> eldest) {
                return size() > MAX_REMEMBERED;
            }
        };
    }
}
