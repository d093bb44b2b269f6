package io.renderfleet.api.body;

import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemType;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.function.LongSupplier;

/**
 * A body that has to arrive at a minimum rate and within a time limit ({@link BodySettings}); otherwise reads throw a
 * {@link ProblemException} with status 408. The limits are checked when bytes arrive. A connection on which no bytes
 * arrive is ended by {@code server.tomcat.connection-timeout}.
 */
final class PacedBody extends ServletInputStream {
    private static final double NANOS = 1e9;

    private final ServletInputStream body;
    private final BodySettings settings;
    private final LongSupplier nanoTime;
    private long received;
    private long startedAt;
    private boolean started;

    PacedBody(ServletInputStream body, BodySettings settings, LongSupplier nanoTime) {
        this.body = body;
        this.settings = settings;
        this.nanoTime = nanoTime;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (!started) {
            started = true;
            startedAt = nanoTime.getAsLong();
        }
        int read;
        try {
            read = body.read(target, offset, length);
        } catch (IOException e) {
            if (isTimeout(e)) {
                throw tooSlow();
            }
            throw e;
        }
        if (read > 0) {
            received += read;
            check(nanoTime.getAsLong() - startedAt);
        }
        return read;
    }

    private void check(long elapsed) {
        double due = (elapsed - settings.grace().toNanos())
                / NANOS
                * settings.minimumRate().toBytes();
        if (received < due || elapsed > settings.timeout().toNanos()) {
            throw tooSlow();
        }
    }

    private ProblemException tooSlow() {
        return ProblemException.of(
                ProblemType.UPLOAD_TOO_SLOW,
                ("The body arrived too slowly. After %d s it must arrive at an average of %d bytes per second or more,"
                                + " and completely within %d s. Send it again over a faster connection.")
                        .formatted(
                                settings.grace().toSeconds(),
                                settings.minimumRate().toBytes(),
                                settings.timeout().toSeconds()));
    }

    /** Whether a read timed out. Tomcat wraps the timeout in another exception. */
    private static boolean isTimeout(Throwable failure) {
        return failure instanceof SocketTimeoutException || failure.getCause() instanceof SocketTimeoutException;
    }

    @Override
    public int available() throws IOException {
        return body.available();
    }

    @Override
    public boolean isFinished() {
        return body.isFinished();
    }

    @Override
    public boolean isReady() {
        return body.isReady();
    }

    @Override
    public void setReadListener(ReadListener listener) {
        throw new UnsupportedOperationException("only blocking reads are supported");
    }

    @Override
    public void close() throws IOException {
        body.close();
    }
}
