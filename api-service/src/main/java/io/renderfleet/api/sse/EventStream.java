package io.renderfleet.api.sse;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * One connection. Its thread writes the events of its queue; only this thread waits for the client.
 *
 * <p>Thread-safe.
 *
 * @param <K> what the connection chooses events by
 */
final class EventStream<K> {
    /** The most events that wait for a client. */
    static final int MAX_WAITING = 1000;

    private static final StreamEvent END = new StreamEvent("", "", "");

    private final Predicate<K> wanted;
    private final Duration heartbeat;
    private final Consumer<EventStream<K>> closed;
    private final BlockingQueue<StreamEvent> queue = new ArrayBlockingQueue<>(MAX_WAITING);
    private final Thread writer = Thread.ofVirtual().name("event-stream").unstarted(this::write);
    /** Without a time limit: the connection lasts until either side ends it. */
    private final SseEmitter emitter = new SseEmitter(0L);

    private volatile boolean overflow;
    private volatile boolean ending;

    EventStream(Predicate<K> wanted, Duration heartbeat, Consumer<EventStream<K>> closed) {
        this.wanted = wanted;
        this.heartbeat = heartbeat;
        this.closed = closed;
        emitter.onCompletion(this::end);
        emitter.onError(_ -> end());
    }

    void start() {
        writer.start();
    }

    SseEmitter emitter() {
        return emitter;
    }

    boolean wants(K key) {
        return wanted.test(key);
    }

    /** Adds an event; when the client is too far behind, the connection ends instead. */
    void offer(StreamEvent event) {
        if (!ending && !queue.offer(event)) {
            overflow = true;
            closed.accept(this);
        }
    }

    /** Ends the connection once the event that is being written is written. */
    void end() {
        ending = true;
        // If the queue is full, the thread sees the field before its next wait.
        var _ = queue.offer(END);
    }

    void awaitEnd(Duration limit) throws InterruptedException {
        writer.join(limit);
    }

    private void write() {
        try {
            emitter.send(SseEmitter.event().comment("connected"));
            while (!ending && !overflow) {
                StreamEvent next = queue.poll(heartbeat.toNanos(), TimeUnit.NANOSECONDS);
                if (!ending) {
                    send(next);
                }
            }
            if (overflow) {
                emitter.send(SseEmitter.event().name("overflow").data("{\"waiting\":" + MAX_WAITING + "}"));
            }
            emitter.complete();
        } catch (IOException | IllegalStateException e) {
            // The client is gone, which the container reports to it in its own way.
            emitter.completeWithError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            emitter.complete();
        } finally {
            ending = true;
            queue.clear();
            closed.accept(this);
        }
    }

    private void send(@Nullable StreamEvent event) throws IOException {
        emitter.send(
                event == null
                        ? SseEmitter.event().comment("heartbeat")
                        : SseEmitter.event().id(event.id()).name(event.name()).data(event.data()));
    }
}
