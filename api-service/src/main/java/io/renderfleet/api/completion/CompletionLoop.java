package io.renderfleet.api.completion;

import io.renderfleet.completion.CompletionListener;
import io.renderfleet.queue.CompletionQueue;
import io.renderfleet.queue.CompletionQueue.Poll;
import io.renderfleet.queue.CompletionQueue.Received;
import io.renderfleet.queue.JobQueues;
import io.renderfleet.telemetry.LoopHealth;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Receives completion events with long polls. The instances of the API share the queue, so that each event is handled
 * by one of them. A batch is deleted when its listeners have handled it; up to {@value #MAX_BATCHES} batches are
 * handled at a time, so that a slow listener does not delay the next events.
 */
@Component
class CompletionLoop implements SmartLifecycle {
    private static final String NAME = "completions";

    /** The most batches of up to ten events that are handled at a time. */
    private static final int MAX_BATCHES = 8;

    private static final Duration LONG_POLL = Duration.ofSeconds(20);

    /** An event that was not handled is received again after this time. */
    private static final Duration VISIBILITY = Duration.ofSeconds(60);

    private static final Duration LONGEST_TURN = Duration.ofMinutes(3);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(2);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(5);
    private static final Logger log = LoggerFactory.getLogger(CompletionLoop.class);

    private final CompletionQueue queue;
    private final EventDispatch dispatch;
    private final LoopHealth health;
    private final Semaphore batches = new Semaphore(MAX_BATCHES);
    private volatile boolean running;
    private volatile @Nullable Thread loop;
    private volatile @Nullable Poll poll;

    CompletionLoop(JobQueues queues, List<CompletionListener> listeners, LoopHealth health) {
        this.queue = queues.completions();
        this.dispatch = new EventDispatch(listeners);
        this.health = health;
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
                    // Errors too: an API without this loop would seem alive and push no results.
                    if (!failing && running) {
                        log.warn("Completion events cannot be received; trying again: {}", e.toString());
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
        if (!batches.tryAcquire(LONG_POLL.toSeconds(), TimeUnit.SECONDS)) {
            log.warn("The listeners of completion events are slow; receiving continues when they have caught up");
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
            if (received.isEmpty()) {
                batches.release();
            }
        }
        if (!received.isEmpty()) {
            List<Received> batch = received;
            Thread.ofVirtual().name(NAME + "-batch").start(() -> handle(batch));
        }
    }

    private void handle(List<Received> batch) {
        try {
            List<Received> handled = dispatch.handle(batch);
            if (!handled.isEmpty()) {
                queue.deleteAll(handled);
            }
        } catch (RuntimeException e) {
            log.warn("Completion events could not be deleted, and are received once more: {}", e.toString());
        } finally {
            batches.release();
        }
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
            if (!batches.tryAcquire(MAX_BATCHES, STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                log.warn("Completion events were still being handled after {}; they are received again", STOP_LIMIT);
            } else {
                batches.release(MAX_BATCHES);
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
