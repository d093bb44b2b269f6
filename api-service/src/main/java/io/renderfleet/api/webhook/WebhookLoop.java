package io.renderfleet.api.webhook;

import io.renderfleet.completion.CompletionSinks;
import io.renderfleet.completion.ReceiveLoop;
import io.renderfleet.queue.CompletionQueue.Received;
import io.renderfleet.queue.JobQueues;
import io.renderfleet.telemetry.LoopHealth;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receives the events for webhooks, and handles each on a thread of its own. A message that must wait is sent again with a
 * delay, and deleted, because SQS limits the number of messages that are hidden, and not of those that are delayed. A
 * message that waits for longer than SQS can delay it makes several such steps.
 */
final class WebhookLoop extends ReceiveLoop {
    /** More than the longest request, and the calls to AWS around it. */
    private static final Duration VISIBILITY = Duration.ofSeconds(90);

    /** The longest delay of SQS. */
    private static final Duration MAX_DELAY = Duration.ofMinutes(15);

    private static final Duration SEND_LIMIT = Duration.ofSeconds(10);
    private static final Logger log = LoggerFactory.getLogger(WebhookLoop.class);

    private final Deliveries deliveries;
    private final Clock clock;

    WebhookLoop(JobQueues queues, Deliveries deliveries, int maxMessages, LoopHealth health, Clock clock) {
        super(
                "webhooks",
                "The events for webhooks",
                queues.completions(CompletionSinks.WEBHOOK),
                VISIBILITY,
                Unit.MESSAGE,
                maxMessages,
                health);
        this.deliveries = deliveries;
        this.clock = clock;
    }

    @Override
    protected void handle(List<Received> messages) {
        messages.forEach(this::handle);
    }

    private void handle(Received received) {
        try {
            Instant now = clock.instant();
            Optional<WebhookMessage> message = WebhookMessage.of(received.body(), now);
            if (message.isEmpty()) {
                log.warn(
                        "Message {} is not an event that this version understands; it becomes a dead letter after five"
                                + " receipts",
                        received.messageId());
                return;
            }
            Optional<WebhookMessage> next = deliveries.handle(message.get());
            if (next.isPresent()) {
                queue().send(next.get().toJson(), delay(next.get().due()))
                        .get(SEND_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
            }
            queue().deleteAll(List.of(received));
        } catch (ExecutionException | TimeoutException | RuntimeException e) {
            log.warn(
                    "The webhook message {} could not be sent again or deleted; it is received once more: {}",
                    received.messageId(),
                    e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whole seconds, rounded up, so that a message is not received just before it is due. */
    private Duration delay(Instant due) {
        long millis = Math.max(0, Duration.between(clock.instant(), due).toMillis());
        Duration delay = Duration.ofSeconds(Math.ceilDiv(millis, 1000L));
        return delay.compareTo(MAX_DELAY) < 0 ? delay : MAX_DELAY;
    }
}
