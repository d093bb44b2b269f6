package io.renderfleet.api.sse;

import io.renderfleet.api.capacity.StreamCapacity;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemType;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * The open connections of one stream of events. Each connection has a thread and a queue of its own, so that a client
 * that reads slowly delays no other. A client that has fallen {@value EventStream#MAX_WAITING} events behind gets an
 * event named {@code overflow}, and its connection ends.
 *
 * <p>Thread-safe.
 *
 * @param <K> what a connection chooses events by
 */
public final class EventStreams<K> {
    private static final Duration RETRY_AFTER = Duration.ofSeconds(30);
    private static final Duration END_LIMIT = Duration.ofSeconds(2);

    private final int max;
    private final StreamCapacity capacity;
    private final Duration heartbeat;
    private final Set<EventStream<K>> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger reserved = new AtomicInteger();
    private volatile boolean ended;

    /**
     * Creates a stream without connections.
     *
     * @param max the most connections at a time
     * @param capacity limits the streams of all kinds
     * @param heartbeat the longest time without a byte, after which a comment is sent, so that no proxy ends the
     *     connection and a client that is gone is noticed
     */
    public EventStreams(int max, StreamCapacity capacity, Duration heartbeat) {
        this.max = max;
        this.capacity = capacity;
        this.heartbeat = heartbeat;
    }

    /**
     * Opens a connection.
     *
     * @param wanted which events it gets
     * @param first events that it gets before all others
     * @throws ProblemException when there are too many connections, or the service is shutting down
     */
    public SseEmitter open(Predicate<K> wanted, List<StreamEvent> first) {
        if (ended) {
            throw ProblemException.unavailable(
                    ProblemType.BUSY,
                    "This instance of the service is shutting down. Connect again.",
                    Duration.ofSeconds(1),
                    null);
        }
        if (reserved.incrementAndGet() > max) {
            reserved.decrementAndGet();
            throw ProblemException.unavailable(
                    ProblemType.BUSY,
                    "This instance of the service has " + max
                            + " open streams, which is its limit. Close one, or connect"
                            + " again after Retry-After. The operator can raise renderfleet.api.streams.max-connections.",
                    RETRY_AFTER,
                    null);
        }
        try {
            capacity.take();
        } catch (ProblemException e) {
            reserved.decrementAndGet();
            throw e;
        }
        EventStream<K> stream = new EventStream<>(wanted, heartbeat, this::closed);
        open.add(stream);
        first.forEach(stream::offer);
        stream.start();
        if (ended) {
            stream.end();
        }
        return stream.emitter();
    }

    private void closed(EventStream<K> stream) {
        if (open.remove(stream)) {
            reserved.decrementAndGet();
            capacity.release();
        }
    }

    /**
     * Pushes an event to the connections that want it. Never blocks.
     *
     * @param key what connections choose by
     */
    public void publish(K key, StreamEvent event) {
        for (EventStream<K> stream : open) {
            if (stream.wants(key)) {
                stream.offer(event);
            }
        }
    }

    /** The number of open connections. */
    public int count() {
        return open.size();
    }

    /** Ends all connections, and refuses new ones. Waits for a short time until their clients have been told. */
    public void end() {
        ended = true;
        open.forEach(EventStream::end);
        long deadline = System.nanoTime() + END_LIMIT.toNanos();
        try {
            for (EventStream<K> stream : open) {
                stream.awaitEnd(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
