package io.renderfleet.api.webhook;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.renderfleet.api.webhook.WebhookSender.Answer;
import io.renderfleet.completion.CompletionEvent;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobStore;
import io.renderfleet.job.WebhookDeliveries;
import io.renderfleet.job.WebhookDelivery;
import io.renderfleet.job.WebhookDelivery.State;
import io.renderfleet.telemetry.FleetMetric;
import io.renderfleet.webhook.Webhook;
import io.renderfleet.webhook.WebhookStore;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the event of a message to its webhook, at most once for each call, and decides what comes next. An event is
 * delivered at least once: its message is deleted only after the attempt was recorded or a later message was sent.
 *
 * <p>Thread-safe.
 */
final class Deliveries {
    /** A delivery that could not even be tried for this long is given up: its receiver is too slow for its events. */
    private static final Duration MAX_AGE = Duration.ofDays(3);

    private static final Logger log = LoggerFactory.getLogger(Deliveries.class);

    private final JobStore jobs;
    private final WebhookStore webhooks;
    private final WebhookDeliveries history;
    private final WebhookSender sender;
    private final DeliveryLimits limits;
    private final List<Duration> retries;
    private final MeterRegistry meters;
    private final Clock clock;

    Deliveries(
            JobStore jobs,
            WebhookStore webhooks,
            WebhookDeliveries history,
            WebhookSender sender,
            DeliveryLimits limits,
            List<Duration> retries,
            MeterRegistry meters,
            Clock clock) {
        this.jobs = jobs;
        this.webhooks = webhooks;
        this.history = history;
        this.sender = sender;
        this.limits = limits;
        this.retries = retries;
        this.meters = meters;
        this.clock = clock;
        // Registered at 0: Prometheus does not count the first value of a series as an increase.
        Arrays.stream(Outcome.values()).forEach(this::counter);
    }

    /** What became of an attempt; the tag {@code outcome} of the counter. */
    private enum Outcome {
        DELIVERED,
        FAILED,
        GIVEN_UP
    }

    /**
     * Handles a message.
     *
     * @return the message that must be sent in its place; empty if nothing is left to do
     */
    Optional<WebhookMessage> handle(WebhookMessage message) {
        Instant now = clock.instant();
        if (message.due().isAfter(now)) {
            return Optional.of(message);
        }
        CompletionEvent event = message.event();
        if (message.since().plus(MAX_AGE).isBefore(now)) {
            counter(Outcome.GIVEN_UP).increment();
            record(
                    message,
                    State.GIVEN_UP,
                    message.attempts(),
                    null,
                    "there were too many events for the receiver",
                    null);
            return Optional.empty();
        }
        try {
            return attempt(message);
        } catch (RuntimeException e) {
            log.warn(
                    "The webhook of the event {} of job {} could not be handled; trying again later: {}",
                    event.eventId(),
                    event.jobId(),
                    e.toString());
            return Optional.of(message.deferred(now));
        }
    }

    private Optional<WebhookMessage> attempt(WebhookMessage message) {
        CompletionEvent event = message.event();
        Optional<Job> job = jobs.find(event.jobId());
        if (job.isEmpty() || isOver(job.get().webhook(), event)) {
            return Optional.empty();
        }
        Optional<Webhook> webhook = webhooks.find(event.userId());
        String own = job.get().completion().callbackUrl();
        String url = own == null ? webhook.map(Webhook::url).orElse(null) : own;
        if (webhook.isEmpty() || url == null) {
            // The user has removed the URL since the job was submitted.
            return Optional.empty();
        }
        DeliveryLimits.Permit permit =
                limits.tryAcquire(event.userId(), URI.create(url).getHost());
        if (permit == null) {
            return Optional.of(message.deferred(clock.instant()));
        }
        Answer answer;
        try (permit) {
            answer = sender.send(url, webhook.get(), event);
            permit.responded(answer.status() != null);
        }
        return concluded(message, answer);
    }

    /** Whether a copy of the event was delivered or given up. */
    private static boolean isOver(@Nullable WebhookDelivery delivery, CompletionEvent event) {
        return delivery != null && delivery.eventId().equals(event.eventId()) && delivery.state() != State.RETRYING;
    }

    private Optional<WebhookMessage> concluded(WebhookMessage message, Answer answer) {
        int attempts = message.attempts() + 1;
        if (answer.isSuccess()) {
            counter(Outcome.DELIVERED).increment();
            record(message, State.DELIVERED, attempts, answer.status(), null, null);
            return Optional.empty();
        }
        counter(Outcome.FAILED).increment();
        if (answer.isGone() || message.attempts() >= retries.size()) {
            counter(Outcome.GIVEN_UP).increment();
            record(message, State.GIVEN_UP, attempts, answer.status(), answer.error(), null);
            return Optional.empty();
        }
        Instant next = clock.instant().plus(retries.get(message.attempts())).truncatedTo(ChronoUnit.MILLIS);
        record(message, State.RETRYING, attempts, answer.status(), answer.error(), next);
        return Optional.of(message.retried(next));
    }

    /** Records what happened; a failure to do so does not change what happened. */
    private void record(
            WebhookMessage message,
            State state,
            int attempts,
            @Nullable Integer status,
            @Nullable String error,
            @Nullable Instant next) {
        CompletionEvent event = message.event();
        try {
            var _ = history.record(
                    event.jobId(),
                    event.finishedAt(),
                    new WebhookDelivery(event.eventId(), state, attempts, status, error, clock.instant(), next));
        } catch (RuntimeException e) {
            log.warn(
                    "The webhook of the event {} of job {} is {}, but this could not be recorded: {}",
                    event.eventId(),
                    event.jobId(),
                    state,
                    e.toString());
        }
    }

    private Counter counter(Outcome outcome) {
        return Counter.builder(FleetMetric.API_WEBHOOKS.metricName())
                .description(FleetMetric.API_WEBHOOKS.description())
                .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
                .register(meters);
    }
}
