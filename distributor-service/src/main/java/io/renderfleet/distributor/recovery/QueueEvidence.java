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
 * Evidence that messages are lost, which is kept from one sweep to the next: when each queue was last seen empty, and
 * how far it has progressed with the jobs that were sent to it.
 *
 * <p>The progress of a queue is read only when a job in it has waited very long. It costs one read of at most {@link
 * JobRecovery#MAX_PROGRESS} items per queue and sweep. If jobs of the same user that were sent much later have started,
 * the message is considered lost. Jobs of other users are weaker evidence, because a fair queue lets them overtake a
 * user with many messages; on this evidence, at most one message per user and queue is presumed lost in ten minutes.
 *
 * <p>Thread-safe.
 */
final class QueueEvidence {
    /** The minimum time between two messages that are presumed lost on weak evidence, for one user and queue. */
    private static final Duration GUESS_EVERY = Duration.ofMinutes(10);

    /** The same for one FIFO queue, where the only evidence is that the job is the next of its ordering key. */
    private static final Duration HEAD_GUESS_EVERY = Duration.ofMinutes(5);

    private static final int MAX_REMEMBERED = 10_000;

    private final ForwardedSamples samples;
    private final Function<Collection<JobId>, List<Progress>> progress;
    private final Function<JobId, Optional<Instant>> overSince;
    private final Clock clock;
    private final Map<QueueKey, LastSeen> lastSeen = new HashMap<>();
    private final Map<QueueKey, QueueProgress> queueProgress = new HashMap<>();
    private final Map<MasterQueueExit, Instant> leftMaster = new HashMap<>();
    private final Map<Object, Instant> guesses = bounded();

    /**
     * Creates evidence that is empty.
     *
     * @param progress reads the progress of jobs
     * @param overSince reads the time at which a job ended; empty while it is open
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
     * The queue in which a job waits.
     *
     * @param region null for the master queue
     */
    record QueueKey(@Nullable RegionId region, PoolName pool, Lane lane) {
        static QueueKey of(Job job) {
            return new QueueKey(job.region(), job.pool(), Lane.of(job));
        }
    }

    /**
     * Identifies the jobs of a master queue that go to one region. Those of other regions may have to wait for room.
     */
    private record MasterQueueExit(PoolName pool, Lane lane, RegionId region) {}

    private record Guess(UserId user, QueueKey key) {}

    /**
     * The last times at which a queue was seen without any message, and without a message that waits to be received.
     */
    private static final class LastSeen {
        Instant empty = Instant.MIN;
        Instant idle = Instant.MIN;
    }

    /** The latest time at which a job was sent to a queue that has since started. */
    private static final class QueueProgress {
        Instant byAnyUser = Instant.MIN;
        final Map<UserId, Instant> byUser = bounded();

        void note(UserId user, Instant sentAt) {
            byAnyUser = later(byAnyUser, sentAt);
            byUser.merge(user, sentAt, QueueEvidence::later);
        }
    }

    synchronized void seen(QueueKey key, QueueDepth depth) {
        LastSeen last = lastSeen.computeIfAbsent(key, any -> new LastSeen());
        Instant now = clock.instant();
        if (depth.total() == 0) {
            last.empty = now;
        }
        if (depth.visible() + depth.delayed() == 0) {
            last.idle = now;
        }
    }

    /** Whether the queue was seen without any message at this time or later. */
    synchronized boolean wasEmpty(QueueKey key, Instant notBefore) {
        LastSeen last = lastSeen.get(key);
        return last != null && !last.empty.isBefore(notBefore);
    }

    /** Whether the queue was seen, at this time or later, with no messages except messages in flight. */
    synchronized boolean wasIdle(QueueKey key, Instant notBefore) {
        LastSeen last = lastSeen.get(key);
        return last != null && !last.idle.isBefore(notBefore);
    }

    /** Reads the progress of a region's queue. */
    void refresh(RegionId region, PoolName pool, Lane lane) {
        QueueKey key = new QueueKey(region, pool, lane);
        Map<JobId, Sample> asked = unread(region, key);
        List<Progress> answer = progress.apply(asked.keySet());
        synchronized (this) {
            QueueProgress known = queueProgress.computeIfAbsent(key, any -> new QueueProgress());
            for (Progress one : answer) {
                Sample sample = asked.get(one.id());
                if (sample != null && region.equals(one.region())) {
                    leftMaster.merge(new MasterQueueExit(pool, lane, region), one.createdAt(), QueueEvidence::later);
                    if (one.startedAt() != null && !one.startedAt().isBefore(sample.forwardedAt())) {
                        known.note(sample.user(), sample.forwardedAt());
                    }
                }
            }
        }
    }

    /** The samples that can give new information, in random order, so that stuck jobs do not displace the others. */
    private synchronized Map<JobId, Sample> unread(RegionId region, QueueKey key) {
        Map<UserId, Instant> known = queueProgress.getOrDefault(key, new QueueProgress()).byUser;
        List<Sample> unread = new ArrayList<>(samples.of(region, key.pool(), key.lane()));
        unread.removeIf(sample -> !sample.forwardedAt().isAfter(known.getOrDefault(sample.user(), Instant.MIN)));
        Collections.shuffle(unread);
        return unread.stream()
                .limit(JobRecovery.MAX_PROGRESS)
                .collect(Collectors.toMap(Sample::job, Function.identity(), (one, _) -> one));
    }

    /**
     * Whether jobs that were sent to the same queue much later have left it, so that the message of this job is
     * probably lost.
     *
     * @param since the time since which the job has waited for its message
     * @param much the time by which the other jobs must have been sent later
     */
    synchronized boolean isOvertaken(Job job, Instant since, Duration much) {
        QueueKey key = QueueKey.of(job);
        Instant bar = since.plus(much);
        if (key.region() == null) {
            return mayGuess(job, key) && hasLeftMaster(job, bar);
        }
        QueueProgress known = queueProgress.getOrDefault(key, new QueueProgress());
        boolean proved = !known.byUser.getOrDefault(job.userId(), Instant.MIN).isBefore(bar);
        boolean likely = !known.byAnyUser.isBefore(bar) && mayGuess(job, key);
        boolean head = key.lane().isFifo() && isOver(guesses.get(key), HEAD_GUESS_EVERY);
        return (proved || likely || head) && isItsTurn(job, much);
    }

    private boolean hasLeftMaster(Job job, Instant bar) {
        return leftMaster.entrySet().stream()
                .filter(exit ->
                        exit.getKey().pool().equals(job.pool()) && exit.getKey().lane() == Lane.of(job))
                .filter(exit -> job.allowedRegions().isEmpty()
                        || job.allowedRegions().contains(exit.getKey().region()))
                .anyMatch(exit -> !exit.getValue().isBefore(bar));
    }

    private boolean mayGuess(Job job, QueueKey key) {
        return isOver(guesses.get(new Guess(job.userId(), key)), GUESS_EVERY);
    }

    private boolean isOver(@Nullable Instant last, Duration period) {
        return last == null || !last.plus(period).isAfter(clock.instant());
    }

    /**
     * Whether the job before this one in its ordering key has been over for long enough, so that only a worker is
     * missing.
     */
    private boolean isItsTurn(Job job, Duration much) {
        if (job.after() == null) {
            return true;
        }
        return overSince
                .apply(job.after())
                .filter(since -> !since.plus(much).isAfter(clock.instant()))
                .isPresent();
    }

    /** Records that the message of the job was presumed lost. */
    synchronized void presumedLost(Job job) {
        QueueKey key = QueueKey.of(job);
        guesses.put(new Guess(job.userId(), key), clock.instant());
        guesses.put(key, clock.instant());
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
