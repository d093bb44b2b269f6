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
 * Decodes a body that was sent with {@code Content-Encoding: gzip}. The reader limits the number of decoded bytes as
 * for any other body. This class limits the number of compressed bytes to twice the decoded bytes plus {@value #SLACK},
 * so that a body of empty gzip members or blocks, which decodes to nothing, is refused.
 */
final class GzipBody extends ServletInputStream {
    /**
     * More bytes than a gzip header needs, and few enough empty members for GZIPInputStream, which recurses into each.
     */
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

    /** Counts and limits the compressed bytes that the decoder reads. */
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
                throw invalid("The gzip body has many more compressed bytes than decoded bytes. Compress it as one gzip"
                        + " member.");
            }
        }

        /**
         * GZIPInputStream reads another member only if bytes are available. Bytes that have not arrived yet count too.
         */
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
        throw new UnsupportedOperationException("only blocking reads are supported");
    }

    @Override
    public void close() throws IOException {
        body.close();
    }
}
