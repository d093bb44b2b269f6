package io.renderfleet.api.capacity;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;

import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemType;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.web.embedded.tomcat.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServer;
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
    void aConnectionThatTheHeapHasNoRoomForWaitsUntilAnotherOneIsClosed() throws Exception {
        TomcatServletWebServerFactory factory = new TomcatServletWebServerFactory(0);
        factory.setAddress(InetAddress.getLoopbackAddress());
        capacity.customize(factory);
        WebServer server = factory.getWebServer();
        server.start();
        List<Socket> sockets = new ArrayList<>();
        try {
            // Half of the heap has room for three.
            for (int i = 0; i < 4; i++) {
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.getPort());
                sockets.add(socket);
                socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(US_ASCII));
                if (i < 3) {
                    assertThat(firstByte(socket, 30_000)).isEqualTo('H');
                }
            }
            assertThatThrownBy(() -> firstByte(sockets.getLast(), 1_000)).isInstanceOf(SocketTimeoutException.class);

            sockets.getFirst().close();
            assertThat(firstByte(sockets.getLast(), 30_000)).isEqualTo('H');
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
            server.stop();
        }
    }

    private static int firstByte(Socket socket, int timeoutMillis) throws IOException {
        socket.setSoTimeout(timeoutMillis);
        return socket.getInputStream().read();
    }

    @Test
    void aHeapOfAGigabyteHasRoomForTwoThousandRequests() {
        assertThat(new RequestCapacity(1L << 30).free()).isBetween(2_000, 3_000);
    }
}
