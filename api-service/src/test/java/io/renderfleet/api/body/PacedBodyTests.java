package io.renderfleet.api.body;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.DelegatingServletInputStream;
import org.springframework.util.unit.DataSize;

class PacedBodyTests {
    private static final BodySettings SETTINGS = new BodySettings(
            DataSize.ofBytes(100), Duration.ofSeconds(10), Duration.ofSeconds(60), DataSize.ofMegabytes(1));

    private final AtomicLong time = new AtomicLong();
    /** When the bytes of the next read arrive. */
    private Duration arrival = Duration.ZERO;

    @Test
    void acceptsABodyThatIsSlowAtItsStart() throws IOException {
        PacedBody body = bodyOf(2);
        read(body, 1, Duration.ZERO);

        read(body, 1, Duration.ofSeconds(10));

        assertThat(body.read()).isEqualTo(-1);
    }

    @Test
    void acceptsABodyAtTheMinimumRate() throws IOException {
        PacedBody body = bodyOf(5_000);
        read(body, 100, Duration.ZERO);

        for (int second = 1; second < 50; second++) {
            read(body, 100, Duration.ofSeconds(second));
        }

        assertThat(body.read()).isEqualTo(-1);
    }

    @Test
    void refusesABodyBelowTheMinimumRateAfterTheGrace() throws IOException {
        PacedBody body = bodyOf(5_000);
        read(body, 400, Duration.ZERO);

        assertTooSlow(body, Duration.ofSeconds(15));
    }

    @Test
    void refusesABodyThatTakesLongerInAllThanItMay() throws IOException {
        PacedBody body = bodyOf(1_000_000);
        read(body, 500_000, Duration.ZERO);

        assertTooSlow(body, Duration.ofSeconds(61));
    }

    @Test
    void refusesABodyThatStopsAfterAFastStart() throws IOException {
        PacedBody body = bodyOf(5_000);
        read(body, 4_000, Duration.ofSeconds(1));

        assertTooSlow(body, Duration.ofSeconds(12));
    }

    @Test
    void doesNotCountTheTimeInWhichNobodyReads() throws IOException {
        PacedBody body = bodyOf(200);
        read(body, 100, Duration.ZERO);

        time.set(Duration.ofSeconds(40).toNanos());

        read(body, 100, Duration.ofSeconds(41));
    }

    private void assertTooSlow(PacedBody body, Duration at) {
        assertThatExceptionOfType(ProblemException.class)
                .isThrownBy(() -> read(body, 1, at))
                .satisfies(e -> assertThat(e.type()).isEqualTo(ProblemType.UPLOAD_TOO_SLOW));
    }

    private void read(PacedBody body, int bytes, Duration at) throws IOException {
        arrival = at;
        assertThat(body.read(new byte[bytes], 0, bytes)).isEqualTo(bytes);
    }

    @SuppressWarnings("InputStreamSlowMultibyteRead") // The stream around it reads single bytes.
    private PacedBody bodyOf(int bytes) {
        ByteArrayInputStream content = new ByteArrayInputStream(new byte[bytes]) {
            @Override
            public synchronized int read() {
                time.set(arrival.toNanos());
                return super.read();
            }
        };
        return new PacedBody(new DelegatingServletInputStream(content), SETTINGS, time::get, null);
    }
}
