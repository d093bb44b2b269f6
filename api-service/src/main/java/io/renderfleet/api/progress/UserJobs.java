package io.renderfleet.api.progress;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobState;
import io.renderfleet.job.JobStates;
import io.renderfleet.job.UserId;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.telemetry.LoopHealth;
import io.renderfleet.telemetry.LoopTimer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Finds the open jobs of the users whose streams are open at this instance, and watches them. A job that this instance
 * accepted is found at once. Others are found by the index of the user's jobs: new ones within a few seconds, and those
 * that became open again within a minute.
 *
 * <p>The calls for this are limited to {@value #CALLS_A_TURN} a second for all users together, so that with many users
 * each waits longer.
 *
 * <p>Thread-safe.
 */
@Component
class UserJobs implements SmartLifecycle {
    /** The most jobs of a user that are looked at, newest first, and the most that are followed. */
    static final int MAX_JOBS = 500;

    /** What a client can have missed when it connects again: the age of a state, and differences of clocks. */
    private static final Duration OVERLAP = Duration.ofMinutes(2);

    static final int CALLS_A_TURN = 10;
    private static final Duration TURN = Duration.ofSeconds(1);
    private static final Duration NEW_JOBS = Duration.ofSeconds(2);
    private static final Duration ALL_JOBS = Duration.ofMinutes(1);
    /** The index is eventually consistent, and the clocks of the services differ. */
    private static final Duration INDEX_DELAY = Duration.ofSeconds(15);

    private static final Duration LONGEST_TURN = Duration.ofMinutes(2);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(2);
    private static final String LOOP = "user-jobs";
    private static final Logger log = LoggerFactory.getLogger(UserJobs.class);

    private final JobStates states;
    private final JobWatch watch;
    private final Clock clock;
    private final LoopHealth health;
    private final Map<UserId, Followed> users = new ConcurrentHashMap<>();
    private boolean failing;
    private volatile @Nullable LoopTimer timer;

    UserJobs(JobStates states, JobWatch watch, Clock clock, LoopHealth health) {
        this.states = states;
        this.watch = watch;
        this.clock = clock;
        this.health = health;
    }

    /** One user, with the streams and the jobs that are watched for them. */
    private final class Followed implements JobWatch.Watcher {
        private final UserId user;
        private final Set<ProgressStream> streams = ConcurrentHashMap.newKeySet();
        private final Map<JobId, JobWatch.Watching> watched = new ConcurrentHashMap<>();
        /** Accepted here, and not yet read. */
        private final Set<JobId> accepted = ConcurrentHashMap.newKeySet();
        /** Jobs that were over when they were found, so that they are not told, or not again. */
        private final Cache<JobId, Boolean> over = Caffeine.newBuilder()
                .expireAfterWrite(OVERLAP.multipliedBy(2))
                .maximumSize(2L * MAX_JOBS)
                .build();

        /** Not before the first stream has begun: until then, jobs that were over long ago are not known to be. */
        private volatile Instant dueAt = Instant.MAX;

        private volatile Instant allDueAt = Instant.EPOCH;
        private volatile Instant newFrom = Instant.EPOCH;

        Followed(UserId user) {
            this.user = user;
        }

        @Override
        public void changed(JobState state) {
            if (state.status().isTerminal()) {
                watched.remove(state.id());
                over.put(state.id(), true);
            }
            streams.forEach(stream -> stream.changed(state));
        }

        @Override
        public void gone(JobId id) {
            watched.remove(id);
        }

        @Override
        public void stopped() {
            streams.forEach(ProgressStream::stopped);
        }

        void found(JobState state) {
            if (!state.status().isTerminal()) {
                if (watched.size() < MAX_JOBS && watched.putIfAbsent(state.id(), () -> {}) == null) {
                    watch(state);
                }
            } else if (over.asMap().putIfAbsent(state.id(), true) == null && isRecent(state)) {
                streams.forEach(stream -> stream.changed(state));
            }
        }

        private void watch(JobState state) {
            JobWatch.Watching watching;
            try {
                watching = watch.watch(state, this);
            } catch (RuntimeException e) {
                watched.remove(state.id());
                throw e;
            }
            // The job can be over already, and then it is no longer in the map.
            if (watched.replace(state.id(), watching) != null && streams.isEmpty()) {
                watching.end();
            }
        }

        private boolean isRecent(JobState state) {
            return state.updatedAt().isAfter(clock.instant().minus(OVERLAP));
        }

        /** Ids among these that are not known to be watched or over. */
        List<JobId> unknown(Collection<JobId> ids) {
            return ids.stream()
                    .filter(id -> !watched.containsKey(id) && over.getIfPresent(id) == null)
                    .toList();
        }
    }

    /**
     * Lets a stream have the states of all open jobs of a user, and then every change. The stream begins with the open
     * jobs, and with those that ended since its client was disconnected.
     *
     * @param since when the client was disconnected; null if it has not been connected
     * @throws ProblemException if too many jobs are watched at this instance
     */
    void follow(UserId user, ProgressStream stream, @Nullable Instant since) {
        Instant now = clock.instant();
        Followed followed = users.compute(user, (_, known) -> {
            Followed entry = known == null ? new Followed(user) : known;
            entry.streams.add(stream);
            return entry;
        });
        try {
            for (JobState state : all(user)) {
                if (!state.status().isTerminal()) {
                    followed.found(state);
                    stream.changed(state);
                } else if (since != null && state.updatedAt().isAfter(since.minus(OVERLAP))) {
                    followed.over.put(state.id(), true);
                    stream.changed(state);
                } else {
                    followed.over.put(state.id(), true);
                }
            }
        } catch (RuntimeException e) {
            leave(user, stream);
            throw e;
        }
        followed.newFrom = now;
        followed.allDueAt = now.plus(ALL_JOBS);
        followed.dueAt = followed.accepted.isEmpty() ? now.plus(NEW_JOBS) : Instant.EPOCH;
        if (!isRunning()) {
            stream.stopped();
        }
    }

    void leave(UserId user, ProgressStream stream) {
        users.computeIfPresent(user, (_, followed) -> {
            followed.streams.remove(stream);
            if (!followed.streams.isEmpty()) {
                return followed;
            }
            followed.watched.values().forEach(JobWatch.Watching::end);
            return null;
        });
    }

    /** This instance accepted a job, or opened it again. */
    void accepted(UserId user, JobId id) {
        Followed followed = users.get(user);
        if (followed != null && followed.accepted.size() < MAX_JOBS) {
            followed.over.invalidate(id);
            followed.accepted.add(id);
            if (!followed.dueAt.equals(Instant.MAX)) {
                followed.dueAt = Instant.EPOCH;
            }
        }
    }

    private List<JobState> all(UserId user) {
        List<JobState> found = new ArrayList<>();
        JobStates.Page page = null;
        int looked = 0;
        do {
            page = states.newest(user, Instant.EPOCH, page);
            if (!page.ids().isEmpty()) {
                found.addAll(states.read(page.ids()).states().values());
            }
            looked += page.ids().size();
        } while (page.hasNext() && looked < MAX_JOBS);
        return found;
    }

    private void turn() {
        Instant now = clock.instant();
        List<Followed> due = users.values().stream()
                .filter(followed -> !followed.dueAt.isAfter(now))
                .sorted(Comparator.comparing(followed -> followed.dueAt))
                .toList();
        int calls = 0;
        for (Followed followed : due) {
            if (calls >= CALLS_A_TURN) {
                return;
            }
            try {
                calls += look(followed, now);
                failing = false;
            } catch (RuntimeException e) {
                if (!failing) {
                    log.warn("The new jobs of a user cannot be looked up; trying again: {}", e.toString());
                }
                failing = true;
                return;
            }
        }
    }

    /** Looks for jobs of a user; the number of calls. */
    private int look(Followed followed, Instant now) {
        if (!followed.allDueAt.isAfter(now)) {
            // What was accepted and could not be read is in the index, unless it was withdrawn.
            followed.accepted.clear();
            all(followed.user).forEach(followed::found);
            followed.allDueAt = now.plus(ALL_JOBS);
            followed.dueAt = now.plus(NEW_JOBS);
            return 2 * MAX_JOBS / JobStates.MAX_BATCH;
        }
        JobStates.Page page = states.newest(followed.user, followed.newFrom.minus(INDEX_DELAY), null);
        if (page.hasNext()) {
            followed.allDueAt = now;
        }
        Set<JobId> ids = new HashSet<>(page.ids());
        List<JobId> accepted =
                followed.accepted.stream().limit(JobStates.MAX_BATCH).toList();
        ids.addAll(accepted);
        List<JobId> unknown =
                followed.unknown(ids).stream().limit(JobStates.MAX_BATCH).toList();
        if (!unknown.isEmpty()) {
            Map<JobId, JobState> read = states.read(unknown).states();
            read.values().forEach(followed::found);
            // An eventually consistent read can miss what was just accepted; the index has it later.
            followed.accepted.removeAll(read.keySet());
        }
        followed.accepted.removeIf(followed.watched::containsKey);
        followed.newFrom = now;
        followed.dueAt = now.plus(NEW_JOBS);
        return 2;
    }

    @Override
    public void start() {
        LoopTimer started = new LoopTimer(LOOP, health);
        started.every(LOOP, TURN, TURN, LONGEST_TURN, this::turn);
        timer = started;
    }

    @Override
    public void stop() {
        LoopTimer running = timer;
        timer = null;
        users.values().forEach(Followed::stopped);
        if (running != null) {
            var _ = running.stop(STOP_LIMIT);
        }
    }

    @Override
    public boolean isRunning() {
        return timer != null;
    }
}
