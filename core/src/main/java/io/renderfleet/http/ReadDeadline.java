package io.renderfleet.http;

import jakarta.servlet.ServletRequest;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The time until which the bytes that a server currently waits for must have arrived on one connection, or those that it
 * sends must have been taken. {@link TimedHttp11Protocol} closes the connection within about a second after a deadline has passed, whatever has
 * arrived by then. Thread-safe.
 */
public final class ReadDeadline {
    static final String ATTRIBUTE = ReadDeadline.class.getName();

    /** The deadlines of the same server that are set. */
    private final Set<ReadDeadline> pending;

    /** Objects of Tomcat, whose types are not those of this class: modules without Tomcat use it too. */
    private @Nullable Object connection;

    private Runnable close = () -> {};
    private long at;

    ReadDeadline(Set<ReadDeadline> pending) {
        this.pending = pending;
    }

    /** The deadline of a request's connection; null if the server has none, as in tests without a connection. */
    public static @Nullable ReadDeadline of(ServletRequest request) {
        return request.getAttribute(ATTRIBUTE) instanceof ReadDeadline deadline ? deadline : null;
    }

    /** Sets the deadline; it replaces an earlier one. */
    public synchronized void in(Duration time) {
        at = System.nanoTime() + time.toNanos();
        pending.add(this);
    }

    /** Removes the deadline, because the server does not wait for bytes. */
    public synchronized void clear() {
        pending.remove(this);
    }

    /** Closes the connection now, so that a client cannot take an answer that ends early for a whole one. */
    public synchronized void closeConnection() {
        pending.remove(this);
        close.run();
    }

    /**
     * Sets the deadline for a request, unless it is set already for an earlier part of the same request.
     *
     * @param socket identifies the connection
     * @param closeSocket closes it
     */
    synchronized void begin(Object socket, Runnable closeSocket, Duration time) {
        if (!socket.equals(connection) || !pending.contains(this)) {
            connection = socket;
            close = closeSocket;
            in(time);
        }
    }

    /** Closes the connection if the deadline has passed. */
    synchronized void enforce() {
        if (System.nanoTime() - at > 0 && pending.remove(this)) {
            close.run();
        }
    }
}
