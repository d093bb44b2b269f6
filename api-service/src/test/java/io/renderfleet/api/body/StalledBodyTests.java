package io.renderfleet.api.body;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.renderfleet.api.ApiFixture;
import io.renderfleet.api.ApiServiceApplication;
import io.renderfleet.api.ApiTest.OnLocalAws;
import io.renderfleet.localaws.samples.SampleDesigns;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** Clients that begin a request on a real connection and then send nothing more, or almost nothing. */
@Timeout(60)
class StalledBodyTests {
    private static final int MEMORY = 1024 * 1024;
    /** More than the time limits of this service, and less than Tomcat's timeout between bytes. */
    private static final Duration SOON = Duration.ofSeconds(12);

    @SuppressWarnings("NullAway.Init") // Set before every test.
    private static ConfigurableApplicationContext service;

    private final List<Socket> sockets = new ArrayList<>();

    @BeforeAll
    static void start() throws IOException {
        SpringApplication application = ApiServiceApplication.create();
        Map<String, String> properties = new HashMap<>(OnLocalAws.AWS.serviceProperties());
        properties.putAll(Map.of(
                "server.port", "0",
                "management.server.port", "0",
                "renderfleet.api.body.memory", MEMORY + "B",
                "renderfleet.api.body.grace", "3s",
                "renderfleet.http.header-timeout", "2s"));
        service = application.run(properties.entrySet().stream()
                .map(entry -> "--" + entry.getKey() + "=" + entry.getValue())
                .toArray(String[]::new));
        request("PUT /designs/test-design-1", SampleDesigns.all().getLast().glb());
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    @AfterEach
    void closeSockets() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    @Test
    void manyStalledBatchesHoldLittleMemoryAndNobodyElseUp() throws Exception {
        byte[] part = new byte[300 * 1024];
        for (int i = 0; i < 20; i++) {
            send(open("server"), post("/jobs/batch", "Content-Length: 400000"), part);
        }
        awaitHeld(held -> held > MEMORY / 2);

        assertThat(request("POST /jobs", ApiFixture.request("").getBytes(StandardCharsets.UTF_8)))
                .startsWith("HTTP/1.1 202");

        assertThat(held()).isBetween(MEMORY / 2L, (long) MEMORY);
        List<String> answers = new ArrayList<>();
        for (Socket socket : sockets) {
            answers.add(answer(socket));
        }
        assertThat(answers)
                .allSatisfy(answer -> assertThat(answer).containsPattern("^HTTP/1.1 (408|503) "))
                .anySatisfy(answer -> assertThat(answer).contains("problem:busy", "Retry-After: "))
                .anySatisfy(answer -> assertThat(answer).contains("problem:upload-too-slow"));
        assertNothingIsHeld();
    }

    @Test
    void countsTheDecodedBytesOfACompressedBody() throws Exception {
        for (int i = 0; i < 8; i++) {
            byte[] half = gzip(new byte[400 * 1024]);
            send(
                    open("server"),
                    post("/jobs/batch", "Content-Encoding: gzip", "Content-Length: " + (half.length + 1)),
                    half);
        }

        List<String> answers = new ArrayList<>();
        for (Socket socket : sockets) {
            answers.add(answer(socket));
        }

        assertThat(answers).anyMatch(answer -> answer.startsWith("HTTP/1.1 503"));
        assertNothingIsHeld();
    }

    @Test
    void endsABodyThatStopsInAnyForm() throws Exception {
        List<String> requests = List.of(
                "POST /jobs/batch", // bodies that are read
                "PUT /designs/stalled",
                "POST /unknown", // bodies that nobody reads
                "GET /jobs?userId=stalled",
                "DELETE /jobs");
        for (String request : requests) {
            for (String length : List.of("Content-Length: 100000", "Transfer-Encoding: chunked")) {
                send(
                        open("server"),
                        request + " HTTP/1.1",
                        "Host: localhost",
                        "Content-Type: application/json",
                        length,
                        "");
            }
        }

        for (Socket socket : sockets) {
            assertThat(answer(socket)).startsWith("HTTP/1.1 ");
        }
        assertNothingIsHeld();
    }

    @Test
    void endsARequestWhoseHeadersTrickle() throws Exception {
        for (String port : List.of("server", "management")) {
            Socket socket = open(port);
            send(socket, "GET /actuator/health HTTP/1.1", "Host: localhost");

            assertThat(isClosedWhileSending(socket, "X")).as(port).isTrue();
        }
    }

    @Test
    void endsABodyOfWhichOnlyTheFramingTrickles() throws Exception {
        Socket socket = open("server");
        send(socket, post("/jobs/batch", "Transfer-Encoding: chunked"), new byte[0]);
        socket.getOutputStream().write("2000;a=".getBytes(StandardCharsets.US_ASCII));

        assertThat(isClosedWhileSending(socket, "x")).isTrue();
        assertNothingIsHeld();
    }

    @ParameterizedTest
    @ValueSource(strings = {"server", "management"})
    void endsABodyThatNobodyReadsAndThatTrickles(String port) throws Exception {
        Socket socket = open(port);
        send(socket, "POST /unknown HTTP/1.1", "Host: localhost", "Content-Length: 1000000", "");

        assertThat(isClosedWhileSending(socket, "x")).isTrue();
    }

    private static void assertNothingIsHeld() {
        awaitHeld(held -> held == 0);
    }

    private static void awaitHeld(LongPredicate expected) {
        await().atMost(SOON).until(() -> expected.test(held()));
    }

    private static long held() {
        return service.getBean(BodyMemory.class).held();
    }

    private static String request(String request, byte[] body) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port("server"))) {
            socket.setSoTimeout((int) SOON.toMillis());
            send(
                    socket,
                    request + " HTTP/1.1",
                    "Host: localhost",
                    "Content-Type: application/json",
                    "Content-Length: " + body.length,
                    "Connection: close",
                    "");
            socket.getOutputStream().write(body);
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Sends a piece now and then until the server has closed the connection; false if it is open for too long. */
    private static boolean isClosedWhileSending(Socket socket, String piece) throws Exception {
        socket.setSoTimeout(300);
        long end = System.nanoTime() + SOON.toNanos();
        while (System.nanoTime() < end) {
            try {
                socket.getOutputStream().write(piece.getBytes(StandardCharsets.US_ASCII));
                if (socket.getInputStream().read(new byte[4096]) < 0) {
                    return true;
                }
            } catch (SocketTimeoutException e) {
                // Still open, and nothing was answered.
            } catch (SocketException e) {
                return true;
            }
        }
        return false;
    }

    /** What the server answers until it closes the connection, which has to happen soon. */
    private static String answer(Socket socket) throws IOException {
        socket.setSoTimeout((int) SOON.toMillis());
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        try {
            socket.getInputStream().transferTo(answer);
        } catch (SocketTimeoutException e) {
            throw new AssertionError("The connection is still open after: " + answer, e);
        } catch (SocketException e) {
            // Closed before the server read all that was sent.
        }
        return answer.toString(StandardCharsets.UTF_8);
    }

    private Socket open(String port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port(port));
        sockets.add(socket);
        return socket;
    }

    private static String[] post(String path, String... headers) {
        List<String> lines = new ArrayList<>(
                List.of("POST " + path + " HTTP/1.1", "Host: localhost", "Content-Type: application/json"));
        lines.addAll(List.of(headers));
        lines.add("");
        return lines.toArray(String[]::new);
    }

    private static void send(Socket socket, String[] head, byte[] body) throws IOException {
        send(socket, head);
        socket.getOutputStream().write(body);
    }

    private static void send(Socket socket, String... lines) throws IOException {
        socket.getOutputStream().write((String.join("\r\n", lines) + "\r\n").getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(content);
        }
        return out.toByteArray();
    }

    private static int port(String name) {
        return service.getEnvironment().getRequiredProperty("local." + name + ".port", Integer.class);
    }
}
