package io.renderfleet.api.body;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;

import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemType;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

@Timeout(60)
class RequestCapacityTests {
    /** A heap with room for two requests. */
    private final RequestCapacity capacity = new RequestCapacity(3L * 2 * RequestCapacity.BYTES_OF_A_REQUEST);

    private final Controller controller = new Controller();
    private final MockMvc mvc = MockMvcBuilders.standaloneSetup(controller)
            .addInterceptors(capacity)
            .build();
    private final MockMvcTester http = MockMvcTester.create(mvc);

    @RestController
    static final class Controller {
        private final CountDownLatch entered = new CountDownLatch(2);
        private final CountDownLatch open = new CountDownLatch(1);
        private final SseEmitter stream = new SseEmitter(0L);

        @GetMapping("/waits")
        String waits() throws InterruptedException {
            entered.countDown();
            assertThat(open.await(30, TimeUnit.SECONDS)).isTrue();
            return "done";
        }

        @GetMapping("/fails")
        String fails() {
            throw new IllegalStateException("no");
        }

        @GetMapping("/stream")
        SseEmitter stream() {
            return stream;
        }
    }

    @Test
    void aRequestThatTheHeapHasNoRoomForIsRefusedUntilAnotherOneEnds() throws Exception {
        CompletableFuture<?> first =
                inAThread(() -> assertThat(http.get().uri("/waits")).hasStatusOk());
        CompletableFuture<?> second =
                inAThread(() -> assertThat(http.get().uri("/waits")).hasStatusOk());
        assertThat(controller.entered.await(30, TimeUnit.SECONDS)).isTrue();

        assertThatThrownBy(() -> mvc.perform(get("/waits")))
                .rootCause()
                .isInstanceOfSatisfying(ProblemException.class, busy -> {
                    assertThat(busy.type()).isEqualTo(ProblemType.BUSY);
                    assertThat(busy.retryAfter()).isEqualTo(Duration.ofSeconds(2));
                });

        controller.open.countDown();
        CompletableFuture.allOf(first, second).get(30, TimeUnit.SECONDS);
        assertThat(http.get().uri("/waits")).hasStatusOk();
        assertThat(capacity.free()).isEqualTo(2);
    }

    private static CompletableFuture<?> inAThread(Runnable request) {
        return CompletableFuture.runAsync(request, task -> Thread.ofVirtual().start(task));
    }

    @Test
    void aRequestThatFailsAndAStreamThatIsOpenHoldNothing() {
        assertThat(http.get().uri("/fails")).hasFailed();
        assertThat(http.get().uri("/stream").asyncExchange()).request().hasAsyncStarted(true);

        assertThat(capacity.free()).isEqualTo(2);
    }

    @Test
    void aHeapOfAGigabyteHasRoomForTwoThousandRequests() {
        assertThat(new RequestCapacity(1L << 30).free()).isBetween(2_000, 3_000);
    }
}
