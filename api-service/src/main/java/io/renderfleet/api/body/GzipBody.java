package io.renderfleet.api.body;

import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemType;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * A body that was sent with {@code Content-Encoding: gzip}, decoded as it is read, so that whoever reads it limits the
 * decoded bytes as they limit any body. What is compressed is limited by what was decoded: a body of empty gzip members
 * or blocks is refused, and never more than twice the decoded bytes and {@value #SLACK} more are read.
 */
final class GzipBody extends ServletInputStream {
    /** More than any header needs; few enough empty members for GZIPInputStream, which recurs into each. */
    static final int SLACK = 8 * 1024;

    private final ServletInputStream body;
    private @Nullable GZIPInputStream gzip;
    private long compressed;
    private long compressedAtLastOutput;
    private long decoded;
    private boolean finished;

    GzipBody(ServletInputStream body) {
        this.body = body;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        try {
            if (gzip == null) {
                gzip = new GZIPInputStream(new Compressed(body));
            }
            int read = gzip.read(target, offset, length);
            if (read < 0) {
                finished = true;
            } else if (read > 0) {
                decoded += read;
                compressedAtLastOutput = compressed;
            }
            return read;
        } catch (EOFException | ZipException e) {
            throw invalid("The body is not valid gzip, or ended before it was complete, although it was sent with"
                    + " Content-Encoding: gzip. Compress it again, or send it without Content-Encoding.");
        }
    }

    private static ProblemException invalid(String detail) {
        return ProblemException.of(ProblemType.INVALID_REQUEST, detail);
    }

    /** Counts and limits what the decoder takes. */
    private final class Compressed extends FilterInputStream {
        private boolean ended;

        Compressed(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int read = super.read();
            count(read < 0 ? -1 : 1);
            return read;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int read = super.read(target, offset, length);
            count(read);
            return read;
        }

        private void count(int read) {
            if (read < 0) {
                ended = true;
                return;
            }
            compressed += read;
            if (compressed > 2 * decoded + SLACK || compressed - compressedAtLastOutput > SLACK) {
                throw invalid("The gzip body has many more compressed than decoded bytes; compress it as one member.");
            }
        }

        /** GZIPInputStream looks for another member only where bytes are available: they may be on their way still. */
        @Override
        public int available() {
            return ended ? 0 : 1;
        }
    }

    @Override
    public boolean isFinished() {
        return finished;
    }

    @Override
    public boolean isReady() {
        return true;
    }

    @Override
    public void setReadListener(ReadListener listener) {
        throw new UnsupportedOperationException("bodies are read by blocking here");
    }

    @Override
    public void close() throws IOException {
        body.close();
    }
}
