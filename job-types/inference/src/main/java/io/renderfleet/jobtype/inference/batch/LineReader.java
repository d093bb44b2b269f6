package io.renderfleet.jobtype.inference.batch;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads lines of limited length that end with a line feed. At most one line is in memory.
 *
 * <p>Not thread-safe.
 */
final class LineReader implements Closeable {
    private static final int BUFFER = 64 * 1024;
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private final InputStream in;
    private final byte[] buffer = new byte[BUFFER];
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private int from;
    private int to;
    private final int most;
    private int number;

    /**
     * @param in is closed with this reader
     * @param most the most bytes of a line
     */
    LineReader(InputStream in, int most) {
        this.in = in;
        this.most = most;
    }

    /**
     * A line.
     *
     * @param number from 1
     * @param text without the line feed; null if the line cannot be used
     * @param fault why the line cannot be used; null if it can
     * @param bytes the size with the line feed
     */
    record Line(int number, @Nullable String text, @Nullable String fault, long bytes) {}

    /** The next line; empty at the end. */
    Optional<Line> next() throws IOException {
        line.reset();
        long bytes = 0;
        boolean ended = false;
        while (!ended && (from < to || fill())) {
            int feed = from;
            while (feed < to && buffer[feed] != '\n') {
                feed++;
            }
            ended = feed < to;
            bytes += feed - from + (ended ? 1 : 0);
            if (bytes <= most + 1L) {
                line.write(buffer, from, feed - from);
            }
            from = ended ? feed + 1 : feed;
        }
        if (bytes == 0) {
            return Optional.empty();
        }
        number++;
        return Optional.of(read(bytes, bytes - (ended ? 1 : 0) > most));
    }

    private Line read(long bytes, boolean tooLong) {
        if (tooLong) {
            return new Line(
                    number,
                    null,
                    "has more than " + most / 1024 + " KB; shorten it, and upload images with PUT /inputs/{name}",
                    bytes);
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(line.toByteArray()))
                    .toString();
            boolean marked = number == 1 && text.startsWith(BYTE_ORDER_MARK);
            return new Line(number, marked ? text.substring(1) : text, null, bytes);
        } catch (CharacterCodingException e) {
            return new Line(number, null, "is not valid UTF-8", bytes);
        }
    }

    private boolean fill() throws IOException {
        from = 0;
        to = Math.max(0, in.read(buffer));
        return to > 0;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
