package io.renderfleet.worker.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.renderfleet.job.JobId;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class AcknowledgementsTests {

    @Test
    void aCallWithoutAThreadDoesNotBlockTheNextMessage() throws Exception {
        Acknowledgements acknowledgements = new Acknowledgements();
        assertThatCode(() -> acknowledgements.send(JobId.random(), () -> {
                    throw new OutOfMemoryError("unable to create native thread");
                }))
                .doesNotThrowAnyException();

        CompletableFuture<Void> next = new CompletableFuture<>();
        acknowledgements.send(JobId.random(), () -> next);
        next.complete(null);
        acknowledgements.await(Duration.ofSeconds(10));
        assertThat(next).isDone();
    }
}
