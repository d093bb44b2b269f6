package io.renderfleet.http;

import jakarta.servlet.ServletRequest;
import java.time.Duration;
import java.util.Set;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/**
 * The time until which the bytes that a server currently waits for must have arrived on one connection.
 * {@link TimedHttp11Protocol} closes the connection within about a second after a deadline has passed, whatever has
 * arrived by then. Thread-safe.
 */
public final class ReadDeadline {
    static final String ATTRIBUTE = ReadDeadline.class.getName();

    /** The deadlines of the same server that are set. */
    private final Set<ReadDeadline> pending;

    private @Nullable SocketWrapperBase<?> connection;
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

    /** Sets the deadline for a request, unless it is set already for an earlier part of the same request. */
    synchronized void begin(SocketWrapperBase<?> socket, Duration time) {
        if (!socket.equals(connection) || !pending.contains(this)) {
            connection = socket;
            in(time);
        }
    }

    /** Closes the connection if the deadline has passed. */
    synchronized void enforce() {
        SocketWrapperBase<?> socket = connection;
        if (System.nanoTime() - at > 0 && pending.remove(this) && socket != null) {
            socket.close();
        }
    }
}
