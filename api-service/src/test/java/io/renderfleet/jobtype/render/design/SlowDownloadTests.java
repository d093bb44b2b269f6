package io.renderfleet.jobtype.render.design;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.api.identity.AuthenticatedApi;
import io.renderfleet.api.identity.AuthenticatedApi.Answer;
import io.renderfleet.api.identity.TestIssuer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that download a design and take nothing of it hold little, and not for long. */
@Timeout(180)
class SlowDownloadTests {
    /** More than the buffers of a connection take. */
    private static final int PADDING = 30 << 20;

    private static final String PATH = "/designs/large/content?shared=true";

    @SuppressWarnings("NullAway.Init") // Set before every test.
    private TestIssuer issuer;

    @SuppressWarnings("NullAway.Init") // Set before every test.
    private AuthenticatedApi api;

    @BeforeEach
    void start() throws Exception {
        issuer = new TestIssuer();
        api = new AuthenticatedApi(
                issuer,
                Map.of(
                        "renderfleet.render.designs.concurrent-downloads", "2",
                        "renderfleet.render.designs.download-grace", "4s",
                        "renderfleet.render.designs.download-rate", "100MB"));
        String design = """
                {"asset":{"version":"2.0"},"scene":0,"scenes":[{"nodes":[0]}],"nodes":[{"mesh":0}],
                 "meshes":[{"primitives":[{"attributes":{"POSITION":0}}]}],
                 "accessors":[{"bufferView":0,"componentType":5126,"count":3,"type":"VEC3","min":[0,0,0],"max":[1,1,0]}],
                 "bufferViews":[{"buffer":0,"byteLength":36}],"buffers":[{"byteLength":36,
                 "uri":"data:application/octet-stream;base64,AAAAAAAAAAAAAAAAAACAPwAAAAAAAAAAAAAAAAAAgD8AAAAA"}]}
                """ + " ".repeat(PADDING);
        Answer stored =
                api.call("PUT", "/designs/large?shared=true", issuer.operator("olga"), "model/gltf+json", design);
        assertThat(stored.status()).as(stored.body()).isIn(200, 201);
    }

    @AfterEach
    void stop() throws Exception {
        api.close();
        issuer.close();
    }

    @Test
    void clientsThatTakeNothingLoseTheirConnections() throws Exception {
        try (Socket ada = slow("ada");
                Socket bob = slow("bob")) {
            Answer again = api.call("GET", PATH, issuer.user("ada"));
            assertThat(again.problem()).isEqualTo("busy");
            assertThat(again.json().path("detail").asText()).contains("1 of them by you");
            assertThat(again.response().headers().firstValue("Retry-After")).isPresent();
            assertThat(api.call("GET", PATH, issuer.user("carl")).problem()).isEqualTo("busy");
            assertThat(api.call("GET", "/designs/large/thumbnail?shared=true", issuer.user("carl"))
                            .status())
                    .as("other requests")
                    .isIn(200, 404);

            Awaitility.await()
                    .atMost(Duration.ofSeconds(90))
                    .untilAsserted(() -> assertThat(
                                    api.call("GET", PATH, issuer.user("carl")).status())
                            .isEqualTo(200));
            assertThat(rest(ada)).isLessThan(PADDING);
            assertThat(rest(bob)).isLessThan(PADDING);
        }
    }

    /** A client that reads the headers of the answer only. */
    private Socket slow(String user) throws Exception {
        URI uri = api.uri(PATH);
        Socket socket = new Socket();
        socket.setReceiveBufferSize(64 * 1024);
        socket.setSoTimeout(60_000);
        socket.connect(new InetSocketAddress(uri.getHost(), uri.getPort()));
        socket.getOutputStream()
                .write(("GET " + PATH + " HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer " + issuer.user(user)
                                + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        assertThat(new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
                .isEqualTo("HTTP/1.1 200");
        return socket;
    }

    private static long rest(Socket socket) {
        long bytes = 0;
        byte[] chunk = new byte[64 * 1024];
        try {
            InputStream in = socket.getInputStream();
            for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                bytes += read;
            }
        } catch (IOException e) {
            // The connection was reset.
        }
        return bytes;
    }
}
