package io.renderfleet.api.progress;

import io.renderfleet.api.capacity.StreamCapacity;
import io.renderfleet.api.sse.StreamSettings;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobState;
import io.renderfleet.job.UserId;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemType;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * The clients that follow jobs at this instance: those with a stream, and those whose request waits for the end of a job.
 * Both are limited in number, for each user and for the instance.
 *
 * <p>Thread-safe.
 */
@Component
public class JobFollowers {
    private static final Duration RETRY_AFTER = Duration.ofSeconds(30);

    private final JobWatch watch;
    private final UserJobs users;
    private final ProgressSettings settings;
    private final StreamCapacity capacity;
    private final Duration heartbeat;
    private final UserLimit streams;
    private final UserLimit waits;

    JobFollowers(
            JobWatch watch,
            UserJobs users,
            ProgressSettings settings,
            StreamSettings streaming,
            StreamCapacity capacity) {
        this.watch = watch;
        this.users = users;
        this.settings = settings;
        this.capacity = capacity;
        this.heartbeat = streaming.heartbeat();
        this.streams = new UserLimit(settings.maxStreams(), settings.maxStreamsPerUser());
        this.waits = new UserLimit(settings.maxWaits(), settings.maxWaitsPerUser());
    }

    /**
     * Opens a stream of the states of a job, which ends with the job.
     *
     * @param caller the user to whose streams it counts
     * @param lastId the id of the last event that the client has; 0 for none. The id of another job, or of no event, can
     *     at most suppress states, and never the last one
     * @throws ProblemException {@code busy} if there are too many streams
     */
    public SseEmitter follow(JobState job, UserId caller, long lastId) {
        take(caller);
        AtomicReference<JobWatch.Watching> watching = new AtomicReference<>(() -> {});
        ProgressStream stream = new ProgressStream(true, lastId <= job.version() ? lastId : 0, heartbeat, () -> {
            watching.get().end();
            release(caller);
        });
        try {
            watching.set(watch.watch(job, stream));
        } catch (RuntimeException e) {
            release(caller);
            throw e;
        }
        return stream.start();
    }

    /**
     * Opens a stream of the states of all open jobs of a user.
     *
     * @param lastId the id of the last event that the client has; 0 for none
     * @throws ProblemException {@code busy} if there are too many streams
     */
    public SseEmitter follow(UserId user, long lastId) {
        take(user);
        long now = System.currentTimeMillis();
        // An id from the future, which no instance made, would suppress the order of ids.
        long resumed = lastId > now + RETRY_AFTER.toMillis() ? 0 : lastId;
        AtomicReference<Runnable> leave = new AtomicReference<>(() -> {});
        ProgressStream stream = new ProgressStream(false, resumed, heartbeat, () -> {
            leave.get().run();
            release(user);
        });
        leave.set(() -> users.leave(user, stream));
        try {
            users.follow(user, stream, resumed == 0 ? null : Instant.ofEpochMilli(resumed));
        } catch (RuntimeException e) {
            release(user);
            throw e;
        }
        return stream.start();
    }

    private void take(UserId user) {
        UserLimit.Outcome outcome = streams.take(user);
        if (outcome != UserLimit.Outcome.TAKEN) {
            throw ProblemException.unavailable(
                    ProblemType.BUSY,
                    outcome == UserLimit.Outcome.TOO_MANY
                            ? "This instance of the service has " + settings.maxStreams()
                                    + " open streams of progress, which is its limit. Close one, or connect again after"
                                    + " Retry-After. The operator can raise renderfleet.api.progress.max-streams."
                            : "You have " + settings.maxStreamsPerUser()
                                    + " open streams of progress at this instance of the service, which is the limit of a"
                                    + " user. Close one, or follow all of your jobs with GET /jobs/events.",
                    RETRY_AFTER,
                    null);
        }
        try {
            capacity.take();
        } catch (ProblemException e) {
            streams.release(user);
            throw e;
        }
    }

    private void release(UserId user) {
        capacity.release();
        streams.release(user);
    }

    /** The number of open streams. */
    public int streams() {
        return streams.total();
    }

    /** This instance accepted a job, or opened it again: the streams of its user get it without delay. */
    public void accepted(UserId user, JobId id) {
        users.accepted(user, id);
    }

    /**
     * Waits on the calling thread, which should be a virtual one, until a job is over, the time is up, or this instance
     * shuts down.
     *
     * @return whether the wait took place; false at once if too many requests wait
     */
    public boolean awaitEnd(JobState job, Duration limit) {
        if (waits.take(job.userId()) != UserLimit.Outcome.TAKEN) {
            return false;
        }
        try {
            End end = new End();
            JobWatch.Watching watching = watch.watch(job, end);
            try {
                return end.await(limit);
            } finally {
                watching.end();
            }
        } catch (ProblemException e) {
            // Too many jobs are watched. The request has an answer without the wait.
            return false;
        } finally {
            waits.release(job.userId());
        }
    }

    /** The end of a job. */
    private static final class End implements JobWatch.Watcher {
        private final CountDownLatch over = new CountDownLatch(1);

        @Override
        public void changed(JobState state) {
            if (state.status().isTerminal()) {
                over.countDown();
            }
        }

        @Override
        public void gone(JobId id) {
            over.countDown();
        }

        @Override
        public void stopped() {
            over.countDown();
        }

        boolean await(Duration limit) {
            try {
                var _ = over.await(limit.toNanos(), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return true;
        }
    }
}
