package io.renderfleet.api.progress;

import io.renderfleet.job.JobId;
import io.renderfleet.job.JobState;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * One connection that follows a job or the jobs of a user. Its thread writes the states; only this thread waits for the
 * client. While a state of a job waits for the client, a newer state of the same job replaces it, so that a client that
 * reads slowly gets fewer states, and always the last.
 *
 * <p>Thread-safe.
 */
final class ProgressStream implements JobWatch.Watcher {
    /** The most jobs whose last written state is remembered. */
    private static final int MAX_REMEMBERED = 2 * UserJobs.MAX_JOBS;

    private final boolean endsWithJob;
    private final Duration heartbeat;
    private final Runnable closed;
    /** Without a time limit: the connection lasts until either side ends it. */
    private final SseEmitter emitter = new SseEmitter(0L);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition change = lock.newCondition();
    private final LinkedHashMap<JobId, Event> waiting = new LinkedHashMap<>();
    private final LinkedHashMap<JobId, Long> written = new LinkedHashMap<>();
    private long lastId;
    private boolean ending;
    /** The version of the state that the client of one job has; null for none. */
    private final @Nullable Long resumed;

    /**
     * Creates a connection.
     *
     * @param endsWithJob true for the stream of one job, whose ids are the versions of its states; false for the jobs of a
     *     user, whose ids are times in milliseconds
     * @param lastId the id of the last event that the client has; 0 for none
     * @param closed runs once when the connection has ended
     */
    ProgressStream(boolean endsWithJob, long lastId, Duration heartbeat, Runnable closed) {
        this.endsWithJob = endsWithJob;
        this.lastId = lastId;
        this.resumed = endsWithJob && lastId > 0 ? lastId : null;
        this.heartbeat = heartbeat;
        this.closed = closed;
        emitter.onCompletion(this::end);
        emitter.onError(_ -> end());
    }

    /**
     * A state for the client.
     *
     * @param name depends on what the client has, and is known when the event is written
     */
    private record Event(long id, JobState state, String name) {}

    /** What clients get of a state. */
    private record View(
            String jobId,
            String status,
            int progress,
            @Nullable String region,
            @Nullable Integer attempt,
            @Nullable Boolean cancelRequested,
            Instant updatedAt,
            @Nullable Failure error) {
        record Failure(String code, String message) {}

        static View of(JobState state) {
            return new View(
                    state.id().toString(),
                    state.status().name(),
                    state.progress(),
                    state.region() == null ? null : state.region().value(),
                    state.attempt() == 0 ? null : state.attempt(),
                    state.cancelRequested() ? true : null,
                    state.updatedAt(),
                    state.error() == null
                            ? null
                            : new Failure(state.error().code(), state.error().message()));
        }
    }

    SseEmitter start() {
        Thread.ofVirtual().name("progress-stream").start(this::write);
        return emitter;
    }

    @Override
    public void changed(JobState state) {
        lock.lock();
        try {
            Event before = waiting.get(state.id());
            long known = before != null
                    ? before.state().version()
                    : written.getOrDefault(state.id(), endsWithJob ? lastId : -1L);
            if (ending || state.version() <= known) {
                return;
            }
            // At the end of the order, so that ids rise.
            waiting.remove(state.id());
            lastId = endsWithJob ? state.version() : Math.max(lastId + 1, System.currentTimeMillis());
            waiting.put(state.id(), new Event(lastId, state, ""));
            change.signal();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void gone(JobId id) {
        if (endsWithJob) {
            end();
        }
    }

    @Override
    public void stopped() {
        end();
    }

    /** Ends the connection once the event that is being written is written. */
    void end() {
        lock.lock();
        try {
            ending = true;
            change.signal();
        } finally {
            lock.unlock();
        }
    }

    private void write() {
        try {
            emitter.send(SseEmitter.event().comment("connected"));
            boolean over = false;
            while (!over) {
                Event next = next();
                if (isEnding()) {
                    break;
                }
                over = next == null ? beat() : send(next);
            }
            emitter.complete();
        } catch (IOException | IllegalStateException e) {
            // The client is gone, which the container reports to it in its own way.
            emitter.completeWithError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            emitter.complete();
        } finally {
            end();
            closed.run();
        }
    }

    private boolean isEnding() {
        lock.lock();
        try {
            return ending;
        } finally {
            lock.unlock();
        }
    }

    /** Waits for the next event; null when there is none for the time of a heartbeat, or the connection ends. */
    private @Nullable Event next() throws InterruptedException {
        lock.lock();
        try {
            long left = heartbeat.toNanos();
            while (waiting.isEmpty() && !ending && left > 0) {
                left = change.awaitNanos(left);
            }
            Map.Entry<JobId, Event> first = waiting.pollFirstEntry();
            if (first == null) {
                return null;
            }
            Event event = first.getValue();
            Long before = written.remove(event.state().id());
            written.put(event.state().id(), event.state().version());
            if (written.size() > MAX_REMEMBERED) {
                written.pollFirstEntry();
            }
            return new Event(event.id(), event.state(), name(event.state(), before == null ? resumed : before));
        } finally {
            lock.unlock();
        }
    }

    private boolean beat() throws IOException {
        emitter.send(SseEmitter.event().comment("heartbeat"));
        return false;
    }

    /** Writes an event; true if it was the last. */
    private boolean send(Event event) throws IOException {
        JobState state = event.state();
        emitter.send(SseEmitter.event()
                .id(Long.toString(event.id()))
                .name(event.name())
                .data(View.of(state), MediaType.APPLICATION_JSON));
        return endsWithJob && state.status().isTerminal();
    }

    private static String name(JobState state, @Nullable Long before) {
        if (state.status().isTerminal()) {
            return state.status().name().toLowerCase(Locale.ROOT);
        }
        return before == null || state.changedStatusSince(before) ? "status" : "progress";
    }
}
