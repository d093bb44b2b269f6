package io.renderfleet.api.submission;

import static io.renderfleet.testing.JobBuilder.aJob;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.renderfleet.job.JobStore.SubmitOutcome;
import io.renderfleet.job.NewJob;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemType;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

class StoreSlotsTests {
    private static final SubmitOutcome STORED = new SubmitOutcome.Stored();

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch go = new CountDownLatch(1);

    @AfterEach
    void stopThreads() {
        threads.shutdownNow();
    }

    private static StoreSlots slots(int concurrent, Duration wait) {
        return new StoreSlots(new SubmissionSettings(
                DataSize.ofKilobytes(64), DataSize.ofMegabytes(7), concurrent, wait, Duration.ofSeconds(2)));
    }

    private static NewJob ordered(String key) {
        return aJob().orderingKey(key).build();
    }

    private SubmitOutcome slowly(AtomicInteger atOnce) {
        atOnce.incrementAndGet();
        try {
            if (!go.await(30, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the test did not go on");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return STORED;
    }

    @Test
    void manyJobsOfOneKeyHoldOneSlotAndLetAllOthersThrough() throws Exception {
        StoreSlots slots = slots(2, Duration.ofSeconds(20));
        AtomicInteger atOnce = new AtomicInteger();
        List<Future<SubmitOutcome>> hot = IntStream.range(0, 20)
                .mapToObj(_ -> threads.submit(() -> slots.store(ordered("hot"), () -> slowly(atOnce))))
                .toList();
        await().atMost(Duration.ofSeconds(10)).until(() -> atOnce.get() > 0);

        assertThat(threads.submit(() -> slots.store(ordered("cold"), () -> STORED))
                        .get(10, TimeUnit.SECONDS))
                .isEqualTo(STORED);
        assertThat(threads.submit(() -> slots.store(aJob().build(), () -> STORED))
                        .get(10, TimeUnit.SECONDS))
                .isEqualTo(STORED);
        assertThat(atOnce).hasValue(1);

        go.countDown();
        for (Future<SubmitOutcome> each : hot) {
            assertThat(each.get(10, TimeUnit.SECONDS)).isEqualTo(STORED);
        }
    }

    @Test
    void aJobWhoseKeyIsContendedIsTriedAgainAndHoldsNoSlotMeanwhile() {
        StoreSlots slots = slots(1, Duration.ofSeconds(20));
        AtomicInteger tries = new AtomicInteger();
        assertThat(slots.store(
                        ordered("hot"), () -> tries.incrementAndGet() < 4 ? new SubmitOutcome.Contended() : STORED))
                .isEqualTo(STORED);
        assertThat(tries).hasValue(4);
    }

    @Test
    void aJobWhoseKeyStaysContendedIsRefusedWithAWordOnWhenToComeAgain() {
        StoreSlots slots = slots(1, Duration.ofMillis(100));
        assertRefused(() -> slots.store(ordered("hot"), SubmitOutcome.Contended::new));
        assertThat(slots.in(() -> "free")).isEqualTo("free");
    }

    @Test
    void aJobThatWaitsTooLongForItsKeyIsRefused() throws Exception {
        StoreSlots slots = slots(2, Duration.ofMillis(100));
        AtomicInteger atOnce = new AtomicInteger();
        var first = threads.submit(() -> slots.store(ordered("hot"), () -> slowly(atOnce)));
        await().atMost(Duration.ofSeconds(10)).until(() -> atOnce.get() > 0);

        assertRefused(() -> slots.store(ordered("hot"), () -> STORED));

        go.countDown();
        assertThat(first.get(10, TimeUnit.SECONDS)).isEqualTo(STORED);
    }

    private static void assertRefused(Runnable store) {
        assertThatExceptionOfType(ProblemException.class).isThrownBy(store::run).satisfies(e -> {
            assertThat(e.type()).isEqualTo(ProblemType.ORDERING_KEY_BUSY);
            assertThat(e.retryAfter()).isEqualTo(Duration.ofSeconds(2));
            assertThat(e.getMessage()).contains("Retry-After").contains("use more keys");
        });
    }
}
