package io.renderfleet.api.webhook;

import io.renderfleet.completion.CompletionSinks;
import io.renderfleet.queue.CompletionQueue;
import io.renderfleet.queue.CompletionQueue.Poll;
import io.renderfleet.queue.CompletionQueue.Received;
import io.renderfleet.queue.JobQueues;
import io.renderfleet.telemetry.LoopHealth;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Receives the events for webhooks, and handles each on a thread of its own. A message that must wait is sent again with a
 * delay, and deleted, because SQS limits the number of messages that are hidden, and not of those that are delayed. A
 * message that waits for longer than SQS can delay it makes several such steps.
 */
final class WebhookLoop implements SmartLifecycle {
    private static final String NAME = "webhooks";

    /** The most messages of one receipt. */
    private static final int BATCH = 10;

    private static final Duration LONG_POLL = Duration.ofSeconds(20);

    /** More than the longest request, and the calls to AWS around it. */
    private static final Duration VISIBILITY = Duration.ofSeconds(90);

    /** The longest delay of SQS. */
    private static final Duration MAX_DELAY = Duration.ofMinutes(15);

    private static final Duration LONGEST_TURN = Duration.ofMinutes(3);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(2);
    private static final Duration SEND_LIMIT = Duration.ofSeconds(10);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(5);
    private static final Logger log = LoggerFactory.getLogger(WebhookLoop.class);

    private final CompletionQueue queue;
    private final Deliveries deliveries;
    private final LoopHealth health;
    private final Clock clock;
    private final int maxMessages;
    private final Semaphore messages;
    private volatile boolean running;
    private volatile @Nullable Thread loop;
    private volatile @Nullable Poll poll;

    WebhookLoop(JobQueues queues, Deliveries deliveries, int maxMessages, LoopHealth health, Clock clock) {
        this.queue = queues.completions(CompletionSinks.WEBHOOK);
        this.deliveries = deliveries;
        this.health = health;
        this.clock = clock;
        this.maxMessages = maxMessages;
        this.messages = new Semaphore(maxMessages);
    }

    @Override
    public void start() {
        // Before the thread starts, which ends when this is false.
        running = true;
        loop = Thread.ofVirtual().name(NAME).start(this::loop);
    }

    private void loop() {
        boolean failing = false;
        try {
            while (running) {
                try {
                    health.turn(NAME, LONGEST_TURN);
                    receive();
                    failing = false;
                } catch (RuntimeException | Error e) {
                    // Errors too: an API without this loop would seem alive and send nothing.
                    if (!failing && running) {
                        log.warn("The events for webhooks cannot be received; trying again: {}", e.toString());
                    }
                    failing = true;
                    Thread.sleep(AFTER_FAILURE);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            health.ended(NAME);
        }
    }

    private void receive() throws InterruptedException {
        if (!messages.tryAcquire(BATCH, LONG_POLL.toSeconds(), TimeUnit.SECONDS)) {
            return;
        }
        List<Received> received = List.of();
        try {
            Poll started = queue.receive(LONG_POLL, VISIBILITY);
            poll = started;
            if (!running) {
                started.close();
            }
            received = started.await();
        } finally {
            poll = null;
            messages.release(BATCH - received.size());
        }
        for (Received message : received) {
            Thread.ofVirtual().name(NAME + "-" + message.messageId()).start(() -> handle(message));
        }
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
                queue.send(next.get().toJson(), delay(next.get().due()))
                        .get(SEND_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
            }
            queue.deleteAll(List.of(received));
        } catch (ExecutionException | TimeoutException | RuntimeException e) {
            log.warn(
                    "The webhook message {} could not be sent again or deleted; it is received once more: {}",
                    received.messageId(),
                    e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            messages.release();
        }
    }

    /** Whole seconds, rounded up, so that a message is not received just before it is due. */
    private Duration delay(Instant due) {
        long millis = Math.max(0, Duration.between(clock.instant(), due).toMillis());
        Duration delay = Duration.ofSeconds(Math.ceilDiv(millis, 1000L));
        return delay.compareTo(MAX_DELAY) < 0 ? delay : MAX_DELAY;
    }

    @Override
    public void stop() {
        running = false;
        Thread started = loop;
        Poll open = poll;
        if (open != null) {
            open.close();
        }
        try {
            if (started != null) {
                started.interrupt();
                started.join(STOP_LIMIT);
            }
            if (messages.tryAcquire(maxMessages, STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                messages.release(maxMessages);
            } else {
                log.warn("Webhooks were still being sent after {}; they are sent again", STOP_LIMIT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
