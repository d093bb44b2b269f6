package io.renderfleet.completion;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobEndListener;
import io.renderfleet.job.PendingEvents;
import io.renderfleet.queue.JobQueues;
import io.renderfleet.telemetry.FleetMetric;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the completion events of the jobs that end in this service, and records that they are sent. Neither delays the
 * caller. An event that could not be sent, or whose service dies in between, is sent by the watchdog, because its job
 * stays in the index of open jobs until the event is recorded as sent.
 *
 * <p>Thread-safe. Closing this object waits for the events that are being sent.
 */
public final class CompletionEvents implements JobEndListener, AutoCloseable {
    /** The most events that are being sent at a time; the watchdog sends those beyond. */
    private static final int MAX_PENDING = 1000;

    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);
    private static final Logger log = LoggerFactory.getLogger(CompletionEvents.class);

    private final JobQueues queues;
    private final PendingEvents entries;
    private final MeterRegistry meters;
    private final Semaphore pending = new Semaphore(MAX_PENDING);

    public CompletionEvents(JobQueues queues, PendingEvents entries, MeterRegistry meters) {
        this.queues = queues;
        this.entries = entries;
        this.meters = meters;
        // Registered at 0: Prometheus does not count the first value of a series as an increase.
        Arrays.stream(Outcome.values()).forEach(this::counter);
    }

    /** What became of an event; the tag {@code outcome} of the counter. */
    private enum Outcome {
        SENT,
        FAILED
    }

    @Override
    public CompletableFuture<Void> ended(Job job, @Nullable String result) {
        if (!pending.tryAcquire()) {
            counter(Outcome.FAILED).increment();
            return CompletableFuture.failedFuture(new IllegalStateException("Too many events are being sent."));
        }
        CompletableFuture<Void> sent;
        try {
            sent = send(CompletionEvent.of(job, result));
        } catch (RuntimeException | Error e) {
            pending.release();
            throw e;
        }
        // Not on the thread of the response, which must not wait for DynamoDB.
        var _ = sent.whenCompleteAsync(
                (_, failure) -> record(job, failure),
                task -> Thread.ofVirtual().name("completion-" + job.id()).start(task));
        return sent;
    }

    private void record(Job job, @Nullable Throwable failure) {
        try {
            if (failure == null) {
                counter(Outcome.SENT).increment();
                var _ = entries.sent(job);
            } else {
                counter(Outcome.FAILED).increment();
                log.warn(
                        "The completion event of job {} could not be sent; the watchdog sends it: {}",
                        job.id(),
                        failure.toString());
            }
        } catch (RuntimeException e) {
            log.warn(
                    "The completion event of job {} was sent, but this could not be recorded; the watchdog sends it once"
                            + " more: {}",
                    job.id(),
                    e.toString());
        } finally {
            pending.release();
        }
    }

    private CompletableFuture<Void> send(CompletionEvent event) {
        String json = event.toJson();
        return CompletableFuture.allOf(event.sinks().stream()
                .map(sink -> CompletionSinks.OF_API.contains(sink) ? queues.completions() : queues.completions(sink))
                .distinct()
                .map(queue -> queue.send(json))
                .toArray(CompletableFuture<?>[]::new));
    }

    private Counter counter(Outcome outcome) {
        return Counter.builder(FleetMetric.COMPLETION_EVENTS.metricName())
                .description(FleetMetric.COMPLETION_EVENTS.description())
                .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
                .register(meters);
    }

    @Override
    public void close() {
        try {
            if (!pending.tryAcquire(MAX_PENDING, CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                log.warn("Completion events were still being sent after {}; the watchdog sends them", CLOSE_LIMIT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
