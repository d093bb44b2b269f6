package io.renderfleet.api.body;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.renderfleet.fuzz.TimeLimit;
import io.renderfleet.problem.ProblemException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import org.springframework.mock.web.DelegatingServletInputStream;

/** Decoding a compressed body ends with its bytes or with a {@link ProblemException} of the client. */
class GzipFuzzTests {
    private static final int LIMIT = 1 << 20;

    @FuzzTest
    void body(byte[] compressed) throws IOException {
        TimeLimit.check(() -> readBody(compressed));
    }

    private static void readBody(byte[] compressed) throws IOException {
        try (GzipBody body = new GzipBody(new DelegatingServletInputStream(new ByteArrayInputStream(compressed)))) {
            byte[] buffer = new byte[4096];
            int total = 0;
            for (int read = body.read(buffer); read >= 0 && total < LIMIT; read = body.read(buffer)) {
                total += read;
            }
        } catch (ProblemException e) {
            assertThat(e.type().status().is4xxClientError()).isTrue();
        }
    }
}
