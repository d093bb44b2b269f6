package io.renderfleet.jobtype.inference.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.renderfleet.jobtype.inference.InferenceAnswer.TaskError;
import io.renderfleet.jobtype.inference.InferencePayload.Task;
import io.renderfleet.jobtype.inference.image.ImageRules;
import io.renderfleet.jobtype.inference.image.ImageType;
import io.renderfleet.jobtype.inference.image.ImageUrl;
import io.renderfleet.jobtype.inference.image.InputStore;
import io.renderfleet.jobtype.inference.settings.TestSettings;
import io.renderfleet.localaws.LocalAws;
import io.renderfleet.localaws.LocalAwsOptions;
import io.renderfleet.outbound.PublicAddresses;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** Images from an https server and from the S3 of a local AWS. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class TaskImagesTests {
    private static final int MAX_BYTES = 100_000;
    private static final Duration ENOUGH = Duration.ofSeconds(30);
    private static final byte[] PNG = png(1000);

    private final ImageRules rules =
            new ImageRules(TestSettings.settings("images.hosts", ImageServer.HOST + ",*.example.com")
                    .images());
    private final ImageMemory memory = new ImageMemory(5L * 4 * MAX_BYTES, MAX_BYTES);
    private LocalAws aws;
    private S3Client s3;
    private InputStore store;
    private ImageServer server;
    private HttpsImages https;

    @TempDir
    private Path directory;

    @BeforeAll
    void start() {
        aws = LocalAws.start(LocalAwsOptions.onFreePorts());
        s3 = S3Client.builder()
                .endpointOverride(aws.endpoints().s3())
                .region(Region.US_EAST_1)
                .forcePathStyle(true)
                .credentialsProvider(StaticCredentialsProvider.create(
                        AwsBasicCredentials.create("renderfleet", "renderfleet-local")))
                .build();
        store = new InputStore(s3, InputStore.bucket("local", ""), Clock.systemUTC());
    }

    @AfterAll
    void stop() {
        s3.close();
        aws.close();
    }

    @BeforeEach
    void startServer() throws Exception {
        server = new ImageServer(directory);
        https = client(ENOUGH, onThisMachine());
    }

    @AfterEach
    void stopServer() {
        https.close();
        server.close();
    }

    private HttpsImages client(Duration timeout, DnsResolver addresses) {
        return new HttpsImages(timeout, addresses, server.tls());
    }

    /** Resolves every name to this machine, without a check. */
    private static DnsResolver onThisMachine() {
        return to("127.0.0.1");
    }

    private static DnsResolver to(String... addresses) {
        return new DnsResolver() {
            @Override
            public InetAddress[] resolve(String host) {
                return Arrays.stream(addresses).map(TaskImagesTests::address).toArray(InetAddress[]::new);
            }

            @Override
            public String resolveCanonicalHostname(String host) {
                return host;
            }
        };
    }

    private static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (java.net.UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static byte[] png(int bytes) {
        byte[] image = new byte[bytes];
        byte[] start = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
        System.arraycopy(start, 0, image, 0, start.length);
        return image;
    }

    private static Task task(String... urls) throws Exception {
        String parts = Arrays.stream(urls)
                .map(url -> "{\"type\": \"image_url\", \"image_url\": {\"url\": \"" + url + "\"}}")
                .collect(Collectors.joining(", "));
        JsonNode messages =
                JsonMapper.builder().build().readTree("[{\"role\": \"user\", \"content\": [" + parts + "]}]");
        return new Task("group-1", messages, null, 5, null);
    }

    private TaskImages.Loaded load(Task task, Duration left) throws Exception {
        return new TaskImages(rules, store, https, memory, Clock.systemUTC())
                .load(task, Instant.now().plus(left));
    }

    private TaskError error(String... urls) {
        return Objects.requireNonNull(catchThrowableOfType(ImageException.class, () -> load(task(urls), ENOUGH)))
                .error();
    }

    private static String url(Task task, int image) {
        return task.messages().at("/0/content/" + image + "/image_url/url").asText();
    }

    private static String dataUri(byte[] image) {
        return "data:image/png;base64," + Base64.getEncoder().encodeToString(image);
    }

    @Test
    void imagesBecomeDataUris() throws Exception {
        server.answer("/a.png", "image/png", PNG);
        String digest = store.store(png(2000), ImageType.PNG);
        Task task = task(server.url("/a.png"), new ImageUrl.Stored(digest).text(), dataUri(png(20)));

        try (TaskImages.Loaded loaded = load(task, ENOUGH)) {
            assertThat(url(loaded.task(), 0)).isEqualTo(dataUri(PNG));
            assertThat(url(loaded.task(), 1)).isEqualTo(dataUri(png(2000)));
            assertThat(url(loaded.task(), 2)).isEqualTo(dataUri(png(20)));
            assertThat(loaded.task().maxTokens()).isEqualTo(5);
            assertThat(memory.heap()).isLessThan(5L * 4 * MAX_BYTES);
        }
        assertThat(memory.heap()).isGreaterThanOrEqualTo(5L * 4 * MAX_BYTES);
        assertThat(url(task, 0)).isEqualTo(server.url("/a.png"));
    }

    @Test
    void noRedirectIsFollowed() {
        server.on("/a.png", exchange -> {
            exchange.getResponseHeaders().set("Location", server.url("/b.png"));
            exchange.sendResponseHeaders(302, -1);
        });
        server.answer("/b.png", "image/png", PNG);

        TaskError error = error(server.url("/a.png"));

        assertThat(error.code()).isEqualTo("image-unavailable");
        assertThat(error.message())
                .isEqualTo("The image on pictures.test cannot be fetched: the host redirects (status 302). Send the"
                        + " address that it redirects to, if its host is allowed.");
        assertThat(server.requests()).containsExactly("/a.png");
    }

    @Test
    void aHostWithAnAddressThatIsNotPublicIsNotReached() {
        server.answer("/a.png", "image/png", PNG);
        for (String address : new String[] {"127.0.0.1", "169.254.169.254", "::ffff:10.0.0.1"}) {
            try (HttpsImages checked = client(ENOUGH, new PublicAddresses(to("93.184.215.14", address)))) {
                https = checked;
                TaskError error = error(server.url("/a.png"));
                assertThat(error.code()).isEqualTo("image-unavailable");
                assertThat(error.message())
                        .isEqualTo("The image on pictures.test cannot be fetched: the host has an address that is not"
                                + " public.");
            }
        }
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void theAddressThatWasCheckedIsTheOneThatIsUsed() throws Exception {
        server.answer("/a.png", "image/png", PNG);
        AtomicLong resolutions = new AtomicLong();
        DnsResolver changing = new DnsResolver() {
            @Override
            public InetAddress[] resolve(String host) {
                // The first answer is that of the server; a second one would lead elsewhere.
                return new InetAddress[] {address(resolutions.incrementAndGet() == 1 ? "127.0.0.1" : "127.0.0.2")};
            }

            @Override
            public String resolveCanonicalHostname(String host) {
                return host;
            }
        };
        try (HttpsImages once = client(ENOUGH, changing)) {
            https = once;
            load(task(server.url("/a.png")), ENOUGH).close();
        }
        assertThat(resolutions).hasValue(1);
        assertThat(server.requests()).containsExactly("/a.png");
    }

    @Test
    void theServerMustProveItsName() {
        server.answer("/a.png", "image/png", PNG);

        assertThat(error(server.url("/a.png").replace(ImageServer.HOST, "other.example.com")))
                .satisfies(error -> assertThat(error.message()).endsWith("the connection failed."));
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void aHostThatIsNoLongerInTheListIsNotAskedAnyMore() {
        assertThat(error("https://old.test/a.png").code()).isEqualTo("image-not-allowed");
    }

    @Test
    void aHostThatDoesNotExistIsNamed() {
        try (HttpsImages real = client(ENOUGH, new PublicAddresses(SystemDefaultDnsResolver.INSTANCE))) {
            https = real;
            assertThat(error(server.url("/a.png")).message())
                    .isEqualTo("The image on pictures.test cannot be fetched: the host is not known.");
        }
    }

    @Test
    void anImageThatIsDeclaredAsTooLargeIsNotRead() {
        server.answer("/a.png", "image/png", png(MAX_BYTES + 1));

        TaskError error = error(server.url("/a.png"));

        assertThat(error.code()).isEqualTo("image-too-large");
        assertThat(error.message())
                .isEqualTo("The images of a task can have at most 97 KB together. Send smaller images.");
    }

    @Test
    void anImageWithoutEndIsReadUpToTheLimit() {
        AtomicLong sent = new AtomicLong();
        server.on("/a.png", exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "image/png");
            exchange.sendResponseHeaders(200, 0);
            while (sent.get() < 1L << 30) {
                exchange.getResponseBody().write(PNG);
                sent.addAndGet(PNG.length);
            }
        });

        assertThat(error(server.url("/a.png")).code()).isEqualTo("image-too-large");
        assertThat(sent.get()).isLessThan(64 << 20);
    }

    @Test
    void imagesThatAreTooLargeTogetherAreRefused() {
        server.answer("/a.png", "image/png", png(MAX_BYTES / 2));

        assertThat(error(server.url("/a.png"), server.url("/a.png"), server.url("/a.png"))
                        .code())
                .isEqualTo("image-too-large");
    }

    @Test
    void aServerThatSendsSlowlyIsGivenUp() {
        CountDownLatch gone = new CountDownLatch(1);
        server.on("/a.png", exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "image/png");
            exchange.sendResponseHeaders(200, 0);
            try {
                while (!gone.await(50, TimeUnit.MILLISECONDS)) {
                    exchange.getResponseBody().write(0);
                    exchange.getResponseBody().flush();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        try (HttpsImages impatient = client(Duration.ofSeconds(1), onThisMachine())) {
            https = impatient;
            assertThat(error(server.url("/a.png")).message())
                    .isEqualTo("The image on pictures.test cannot be fetched: no complete response within 1000 ms.");
        } finally {
            gone.countDown();
        }
    }

    @Test
    void whatIsNoImageIsNotSentToTheModel() {
        byte[] text = "<svg>not an image</svg>".getBytes(StandardCharsets.UTF_8);
        server.answer("/page", "text/html", PNG).answer("/text", "image/png", text);

        assertThat(error(server.url("/page")).code()).isEqualTo("not-an-image");
        assertThat(error(server.url("/text")).code()).isEqualTo("not-an-image");
    }

    @Test
    void anErrorOfTheHostIsNamed() {
        server.on("/a.png", exchange -> exchange.sendResponseHeaders(404, -1));

        assertThat(error(server.url("/a.png")).message())
                .isEqualTo("The image on pictures.test cannot be fetched: the host answers with status 404.");
    }

    @Test
    void anInputThatWasDeletedIsNamed() {
        assertThat(error(new ImageUrl.Stored("0".repeat(64)).text()))
                .isEqualTo(new TaskError(
                        "image-unavailable", "The image is no longer stored: inputs are kept for 7 days."));
    }

    @Test
    void aTaskWaitsForMemoryAndFetchesAgain() throws Exception {
        server.answer("/a.png", "image/png", png(MAX_BYTES));
        ImageMemory.Share other = memory.open();
        assertThat(other.take(3 * MAX_BYTES + 50_000L)).isTrue();
        assertThat(catchThrowableOfType(
                                ImageException.class, () -> load(task(server.url("/a.png")), Duration.ofSeconds(2)))
                        .error()
                        .message())
                .isEqualTo("The worker had no memory for the images of the task before the deadline of the job.");
        Thread release = Thread.startVirtualThread(() -> {
            await().atMost(ENOUGH).until(() -> server.requests().size() >= 2);
            other.close();
        });

        load(task(server.url("/a.png")), ENOUGH).close();

        release.join();
        assertThat(server.requests()).hasSize(3);
        assertThat(memory.heap()).isGreaterThanOrEqualTo(5L * 4 * MAX_BYTES);
    }

    @Test
    void anInterruptEndsTheFetch() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        server.on("/a.png", exchange -> {
            asked.countDown();
            try {
                var _ = end.await(60, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        AtomicLong ended = new AtomicLong();
        Thread fetch = Thread.ofVirtual().start(() -> {
            try {
                load(task(server.url("/a.png")), Duration.ofMinutes(5)).close();
            } catch (InterruptedException e) {
                ended.set(1);
            } catch (Exception e) {
                ended.set(2);
            }
        });
        assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();

        fetch.interrupt();

        assertThat(fetch.join(Duration.ofSeconds(20))).isTrue();
        end.countDown();
        assertThat(ended).hasValue(1);
    }
}
