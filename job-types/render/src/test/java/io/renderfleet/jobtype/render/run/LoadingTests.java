package io.renderfleet.jobtype.render.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LoadingTests {

    @Test
    void aLoadIsInterruptedOnceItsTimeIsOver() {
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        CompletableFuture<String> load = Loading.start(
                () -> {
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                        interrupted.complete(true);
                        Thread.currentThread().interrupt();
                    }
                    return "too late";
                },
                Duration.ofMillis(100),
                command -> Thread.ofVirtual().start(command));

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> Loading.await(load, () -> false))
                .withMessage("a design took too long to load");
        assertThat(interrupted).succeedsWithin(10, TimeUnit.SECONDS);
    }
}
