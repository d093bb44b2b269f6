package io.renderfleet.api.progress;

import io.renderfleet.job.JobId;
import io.renderfleet.job.JobState;
import io.renderfleet.job.JobStates;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemType;
import io.renderfleet.telemetry.LoopHealth;
import io.renderfleet.telemetry.LoopTimer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Reads the jobs that are watched at this instance and tells their watchers about changes. Each job is read once for all
 * of its watchers, and up to {@value JobStates#MAX_BATCH} jobs with one call. A job that has not changed for long is read
 * less often. What this instance did not read itself, such as a job that ended while it was restarted, is in the first
 * state that a watcher gets.
 *
 * <p>Thread-safe.
 */
@Component
class JobWatch implements SmartLifecycle {
    private static final String LOOP = "job-watch";
    private static final Duration LONGEST_TURN = Duration.ofMinutes(2);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(2);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(30);

    /** A job that has not changed is read again after this part of the time since its last change. */
    private static final int PATIENCE = 10;

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    /** A new job can be missing from an eventually consistent read. */
    private static final int MISSING_READS = 10;

    private static final Logger log = LoggerFactory.getLogger(JobWatch.class);

    private final JobStates states;
    private final Duration poll;
    private final int maxJobs;
    private final LoopHealth health;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<JobId, Watched> jobs = new HashMap<>();
    private boolean stopped;
    private boolean failing;
    private volatile @Nullable LoopTimer timer;

    JobWatch(JobStates states, ProgressSettings settings, LoopHealth health) {
        this.states = states;
        this.poll = settings.poll();
        this.maxJobs = settings.maxJobs();
        this.health = health;
    }

    /** Is told about a job. Calls can come from several threads and out of order; none of them may block. */
    interface Watcher {
        /** The job has this state, which can be one that is known. A state that is over is the last. */
        void changed(JobState state);

        /** The job does not exist any more. This is the last call for the job. */
        void gone(JobId id);

        /** This instance is shutting down. */
        void stopped();
    }

    /** Ends a watch; can be called more than once. */
    @FunctionalInterface
    interface Watching {
        void end();
    }

    private static final class Watched {
        private JobState latest;
        private long changedAt = System.nanoTime();
        private long dueAt = changedAt;
        private int missing;
        private final Set<Watcher> watchers = new LinkedHashSet<>();

        Watched(JobState known) {
            latest = known;
        }
    }

    /**
     * Watches a job. The watcher is told the latest state before this method returns, and then every change until the
     * job is over. Changes that follow each other quickly can be told as one.
     *
     * @param known the state of the job that the caller has read
     * @throws ProblemException {@code busy} if too many jobs are watched
     */
    Watching watch(JobState known, Watcher watcher) {
        JobState latest = known;
        boolean ending;
        lock.lock();
        try {
            ending = stopped;
            if (!ending && !known.status().isTerminal()) {
                Watched watched = jobs.get(known.id());
                if (watched == null) {
                    if (jobs.size() >= maxJobs) {
                        throw ProblemException.unavailable(
                                ProblemType.BUSY,
                                "This instance of the service follows " + maxJobs + " jobs, which is its limit. Connect"
                                        + " again after Retry-After. The operator can raise"
                                        + " renderfleet.api.progress.max-jobs.",
                                RETRY_AFTER,
                                null);
                    }
                    watched = new Watched(known);
                    jobs.put(known.id(), watched);
                } else if (watched.latest.version() < known.version()) {
                    watched.latest = known;
                    watched.changedAt = System.nanoTime();
                }
                watched.watchers.add(watcher);
                latest = watched.latest;
            }
        } finally {
            lock.unlock();
        }
        watcher.changed(latest);
        if (ending) {
            watcher.stopped();
        }
        return () -> end(known.id(), watcher);
    }

    private void end(JobId id, Watcher watcher) {
        lock.lock();
        try {
            Watched watched = jobs.get(id);
            if (watched != null && watched.watchers.remove(watcher) && watched.watchers.isEmpty()) {
                jobs.remove(id);
            }
        } finally {
            lock.unlock();
        }
    }

    /** The number of jobs that are watched. */
    int count() {
        lock.lock();
        try {
            return jobs.size();
        } finally {
            lock.unlock();
        }
    }

    private void turn() {
        List<JobId> due = due();
        for (int from = 0; from < due.size(); from += JobStates.MAX_BATCH) {
            try {
                read(due.subList(from, Math.min(due.size(), from + JobStates.MAX_BATCH)));
                failing = false;
            } catch (RuntimeException e) {
                if (!failing) {
                    log.warn("The jobs that clients follow cannot be read; trying again: {}", e.toString());
                }
                failing = true;
                return;
            }
        }
    }

    private List<JobId> due() {
        // A job that is due in half a turn would otherwise wait for a turn and a half.
        long soon = System.nanoTime() + poll.toNanos() / 2;
        lock.lock();
        try {
            List<JobId> due = new ArrayList<>();
            jobs.forEach((id, watched) -> {
                if (watched.dueAt - soon <= 0) {
                    due.add(id);
                }
            });
            return due;
        } finally {
            lock.unlock();
        }
    }

    private void read(List<JobId> ids) {
        JobStates.Read read = states.read(ids);
        read.states().values().forEach(this::seen);
        read.missing().forEach(this::missing);
    }

    /** Takes a state that was read, here or elsewhere, and tells the watchers of the job if it is newer. */
    void seen(JobState state) {
        List<Watcher> watchers = List.of();
        lock.lock();
        try {
            Watched watched = jobs.get(state.id());
            if (watched == null) {
                return;
            }
            long now = System.nanoTime();
            watched.missing = 0;
            if (state.version() > watched.latest.version()) {
                watched.latest = state;
                watched.changedAt = now;
                watchers = List.copyOf(watched.watchers);
                if (state.status().isTerminal()) {
                    jobs.remove(state.id());
                }
            }
            watched.dueAt = now
                    + Math.max(poll.toNanos(), Math.min((now - watched.changedAt) / PATIENCE, LONGEST_PAUSE.toNanos()));
        } finally {
            lock.unlock();
        }
        watchers.forEach(watcher -> watcher.changed(state));
    }

    private void missing(JobId id) {
        List<Watcher> watchers = List.of();
        lock.lock();
        try {
            Watched watched = jobs.get(id);
            if (watched != null && ++watched.missing >= MISSING_READS) {
                watchers = List.copyOf(watched.watchers);
                jobs.remove(id);
            }
        } finally {
            lock.unlock();
        }
        watchers.forEach(watcher -> watcher.gone(id));
    }

    @Override
    public void start() {
        LoopTimer started = new LoopTimer(LOOP, health);
        started.every(LOOP, poll, poll, LONGEST_TURN, this::turn);
        timer = started;
    }

    /** Tells all watchers, before the web server waits for requests that are in progress. */
    @Override
    public void stop() {
        LoopTimer running = timer;
        timer = null;
        Set<Watcher> watchers = new LinkedHashSet<>();
        lock.lock();
        try {
            stopped = true;
            jobs.values().forEach(watched -> watchers.addAll(watched.watchers));
            jobs.clear();
        } finally {
            lock.unlock();
        }
        watchers.forEach(Watcher::stopped);
        if (running != null) {
            var _ = running.stop(STOP_LIMIT);
        }
    }

    @Override
    public boolean isRunning() {
        return timer != null;
    }
}
