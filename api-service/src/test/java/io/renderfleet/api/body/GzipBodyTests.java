package io.renderfleet.api.body;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemType;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.DelegatingServletInputStream;

class GzipBodyTests {
    private static final byte[] TEXT = "a text that is sent compressed".getBytes(StandardCharsets.UTF_8);

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 100_000})
    void decodesMembersThatArriveInPieces(int piece) throws IOException {
        byte[] random = new byte[50_000];
        new Random(1).nextBytes(random);

        GzipBody body = body(join(gzip(TEXT), gzip(new byte[0]), gzip(random)), piece);

        assertThat(body.readAllBytes()).isEqualTo(join(TEXT, random));
    }

    @Test
    void refusesEmptyMembersWithoutEnd() throws IOException {
        byte[] empty = gzip(new byte[0]);
        Repeated members = new Repeated(empty);

        assertInvalid(new GzipBody(new DelegatingServletInputStream(members)));
        assertThat(members.read).isLessThan(2 * GzipBody.SLACK);
    }

    @Test
    void refusesEmptyMembersAfterMuchThatWasDecoded() throws IOException {
        byte[] empty = gzip(new byte[0]);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(gzip(new byte[1_000_000]));
        for (int i = 0; i < 1000; i++) {
            all.write(empty);
        }

        assertInvalid(body(all.toByteArray(), 1000));
    }

    @Test
    void decodesAnEnormousBodyOnlyAsFarAsItIsRead() throws IOException {
        byte[] bomb = gzip(new byte[50_000_000]);
        ByteArrayInputStream in = new ByteArrayInputStream(bomb);
        GzipBody body = new GzipBody(new DelegatingServletInputStream(in));

        assertThat(body.readNBytes(1000)).hasSize(1000);

        assertThat(bomb.length - in.available()).isLessThan(2000);
    }

    @Test
    void refusesBodiesThatAreNotGzip() {
        assertInvalid(body(TEXT, 100));
        assertInvalid(body(new byte[0], 100));
    }

    @Test
    void refusesABodyThatEndsEarly() throws IOException {
        byte[] whole = gzip(TEXT);

        assertInvalid(body(Arrays.copyOf(whole, whole.length - 3), 100));
        assertInvalid(body(Arrays.copyOf(whole, 15), 100));
    }

    @Test
    void refusesABodyWhoseSumIsWrong() throws IOException {
        byte[] wrong = gzip(TEXT);
        wrong[wrong.length - 6] ^= 1;

        assertInvalid(body(wrong, 100));
    }

    private static void assertInvalid(GzipBody body) {
        assertThatExceptionOfType(ProblemException.class)
                .isThrownBy(body::readAllBytes)
                .satisfies(e -> assertThat(e.type()).isEqualTo(ProblemType.INVALID_REQUEST));
    }

    /** A body that arrives in pieces, and of which nothing is available before it is asked for. */
    private static GzipBody body(byte[] content, int piece) {
        return new GzipBody(new DelegatingServletInputStream(new FilterInputStream(new ByteArrayInputStream(content)) {
            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                return super.read(target, offset, Math.min(length, piece));
            }

            @Override
            public int available() {
                return 0;
            }
        }));
    }

    private static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(content);
        }
        return out.toByteArray();
    }

    private static byte[] join(byte[]... parts) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.write(part);
        }
        return all.toByteArray();
    }

    /** The same bytes again and again. */
    private static final class Repeated extends InputStream {
        private final byte[] bytes;
        private int read;

        Repeated(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public int read() {
            return bytes[read++ % bytes.length] & 0xFF;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            for (int i = 0; i < length; i++) {
                target[offset + i] = (byte) read();
            }
            return length;
        }
    }
}
