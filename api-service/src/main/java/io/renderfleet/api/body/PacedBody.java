package io.renderfleet.api.body;

import io.renderfleet.http.ReadDeadline;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemType;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A body that has to arrive at a minimum rate and within a time limit ({@link BodySettings}); otherwise reads throw a
 * {@link ProblemException} with status 408. At every moment, the body may be late by the grace period, compared with the
 * minimum rate; a body that arrived faster before may not stop for longer because of it. Only the time in which the
 * service waits for bytes counts.
 *
 * <p>The rate is checked when bytes arrive. If none arrive, {@link BodyConnector} ends the read, and if the client sends
 * only bytes around the body, such as chunk extensions, {@link ReadDeadline} closes the connection.
 */
final class PacedBody extends ServletInputStream {
    private static final double NANOS = 1e9;

    /** More than the time after which a read ends by itself, so that the client gets an answer then. */
    private static final Duration ANSWER_TIME = Duration.ofSeconds(5);

    private final ServletInputStream body;
    private final BodySettings settings;
    private final LongSupplier nanoTime;
    private final @Nullable ReadDeadline deadline;
    /** The time in nanoseconds that the body may still be late. */
    private long slack;

    private long startedAt;
    private boolean started;

    /** @param deadline closes the connection; null if there is none */
    PacedBody(ServletInputStream body, BodySettings settings, LongSupplier nanoTime, @Nullable ReadDeadline deadline) {
        this.body = body;
        this.settings = settings;
        this.nanoTime = nanoTime;
        this.deadline = deadline;
        this.slack = settings.grace().toNanos();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        long readAt = nanoTime.getAsLong();
        if (!started) {
            started = true;
            startedAt = readAt;
        }
        int read = awaitBytes(target, offset, length);
        if (read > 0) {
            check(readAt, nanoTime.getAsLong(), read);
        }
        return read;
    }

    private int awaitBytes(byte[] target, int offset, int length) throws IOException {
        if (deadline != null) {
            deadline.in(settings.grace().plus(ANSWER_TIME));
        }
        try {
            return body.read(target, offset, length);
        } catch (IOException e) {
            if (isTimeout(e)) {
                throw tooSlow();
            }
            throw e;
        } finally {
            if (deadline != null) {
                deadline.clear();
            }
        }
    }

    private void check(long readAt, long now, int arrived) {
        slack -= now - readAt;
        long rate = settings.minimumRate().toBytes();
        if ((rate > 0 && slack < 0) || now - startedAt > settings.timeout().toNanos()) {
            throw tooSlow();
        }
        long gained = rate == 0 ? settings.grace().toNanos() : (long) (arrived * NANOS / rate);
        slack = Math.min(settings.grace().toNanos(), slack + gained);
    }

    private ProblemException tooSlow() {
        return ProblemException.of(
                ProblemType.UPLOAD_TOO_SLOW,
                ("The body arrived too slowly. It must arrive at %d bytes per second or more, may be late by up to"
                                + " %d s, and must be complete within %d s. Send it again over a faster connection.")
                        .formatted(
                                settings.minimumRate().toBytes(),
                                settings.grace().toSeconds(),
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
