package io.renderfleet.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.renderfleet.bench.BenchException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LoadGeneratorTests {

    @Test
    void keepsAllClientsBusyAndNoMore() throws InterruptedException {
        var together = new CyclicBarrier(4);
        var now = new AtomicInteger();
        var most = new AtomicInteger();

        List<Submitted> all = new LoadGenerator(4)
                .send(
                        () -> {
                            most.accumulateAndGet(now.incrementAndGet(), Math::max);
                            meet(together);
                            now.decrementAndGet();
                            return List.of(job());
                        },
                        20);

        assertThat(all).hasSize(20);
        assertThat(most).hasValue(4);
    }

    @Test
    void saysWhyARequestWasRefused() {
        assertThatExceptionOfType(BenchException.class)
                .isThrownBy(() -> new LoadGenerator(2)
                        .send(
                                () -> {
                                    throw new BenchException("refused");
                                },
                                3))
                .withMessage("refused");
    }

    private static void meet(CyclicBarrier barrier) throws InterruptedException {
        try {
            barrier.await(10, TimeUnit.SECONDS);
        } catch (java.util.concurrent.BrokenBarrierException | java.util.concurrent.TimeoutException e) {
            throw new IllegalStateException("four clients were never at work together", e);
        }
    }

    private static Submitted job() {
        return new Submitted("job", Instant.EPOCH, 0, 1);
    }
}
