package io.renderfleet.chaos;

import io.renderfleet.completion.CompletionEvent;
import io.renderfleet.queue.CompletionQueue;
import io.renderfleet.queue.CompletionQueue.Received;
import io.renderfleet.queue.QueueUnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Receives the completion events of a sink, and counts the copies of each. Thread-safe. */
final class CompletionReader implements AutoCloseable {
    private static final Duration WAIT = Duration.ofSeconds(1);
    private static final Duration VISIBILITY = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final CompletionQueue queue;
    private final Map<String, Long> copies = new ConcurrentHashMap<>();
    private final Thread thread = Thread.ofVirtual().name("completions").unstarted(this::read);
    private volatile boolean closed;

    CompletionReader(CompletionQueue queue) {
        this.queue = queue;
        thread.start();
    }

    /** The number of copies received of each event, by the id of the event. */
    Map<String, Long> copies() {
        return Map.copyOf(copies);
    }

    private void read() {
        try {
            while (!closed) {
                receive();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void receive() throws InterruptedException {
        try {
            List<Received> messages = queue.receive(WAIT, VISIBILITY).await();
            // Counted before they are deleted: a message that is received again is one copy more, and none is missed.
            messages.forEach(message -> CompletionEvent.of(message.body())
                    .ifPresent(event -> copies.merge(event.eventId(), 1L, Long::sum)));
            if (!messages.isEmpty()) {
                queue.deleteAll(messages);
            }
        } catch (QueueUnavailableException e) {
            TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
