package io.renderfleet.bridge;

import static io.renderfleet.bridge.TestBridge.completion;
import static io.renderfleet.bridge.TestBridge.event;
import static io.renderfleet.bridge.TestBridge.json;
import static io.renderfleet.bridge.TestBridge.utf8;
import static io.renderfleet.bridge.TestCluster.header;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.renderfleet.bridge.StubApi.Answer;
import io.renderfleet.job.JobId;
import io.renderfleet.localaws.LocalAws;
import io.renderfleet.localaws.LocalAwsOptions;
import io.renderfleet.queue.CompletionQueue;
import io.renderfleet.queue.JobQueue.QueueDepth;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.springframework.context.ConfigurableApplicationContext;

/** Bridges between three brokers, a stub of the API and local SQS. Each test has topics and a group of its own. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class BridgeTests {
    private static final Duration DEADLINE = Duration.ofSeconds(40);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final AtomicInteger TESTS = new AtomicInteger();
    private static TestCluster cluster;
    private static LocalAws aws;

    private final String name = "t" + TESTS.incrementAndGet();
    private final List<AutoCloseable> opened = new ArrayList<>();
    private StubApi api;

    @BeforeAll
    static void start() {
        cluster = new TestCluster();
        aws = LocalAws.start(LocalAwsOptions.onFreePorts().withSinks(List.of("kafka")));
    }

    @AfterAll
    static void stop() {
        cluster.close();
        aws.close();
    }

    @BeforeEach
    void startApi() throws IOException {
        api = new StubApi();
        opened.add(api);
        cluster.create(List.of(name, name + ".results", name + ".tasks"), List.of(name + ".dlt"));
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : opened.reversed()) {
            each.close();
        }
    }

    private String[] arguments(String servers, String... more) {
        return TestBridge.arguments(aws, api, name, servers, more);
    }

    private ConfigurableApplicationContext bridge(String... more) {
        ConfigurableApplicationContext context =
                BridgeServiceApplication.create().run(arguments(cluster.servers(), more));
        opened.add(context);
        return context;
    }

    private Set<String> send(int from, int to) {
        IntStream.range(from, to).forEach(number -> cluster.send(name, utf8("key-" + number), utf8(event(number))));
        cluster.flush();
        return IntStream.range(from, to)
                .mapToObj(number -> StubApi.jobId(json(utf8(event(number)))))
                .collect(Collectors.toSet());
    }

    /** All records are settled: nothing is left out, and nothing is committed before it is accepted. */
    private void awaitCommitted(long records) {
        await().atMost(DEADLINE)
                .pollInterval(Duration.ofMillis(100))
                .untilAsserted(() -> assertThat(cluster.committed(name)).isEqualTo(records));
    }

    /** The API of this test says at once that the job of an accepted event has ended. */
    private void endJobsAtOnce(CompletionQueue ends) {
        api.answers(event -> {
            ends.send(completion(
                            StubApi.jobId(event),
                            event.path("cameraId").asText(),
                            JSON.createObjectNode().put("risk", "low")))
                    .join();
            return Answer.ACCEPTED;
        });
    }

    private void assertResults(Set<String> jobs) {
        Set<String> eventIds = ConcurrentHashMap.newKeySet();
        List<ConsumerRecord<byte[], byte[]>> results = cluster.read(name + ".results", records -> {
            records.forEach(each -> eventIds.add(header(each, "event-id")));
            return eventIds.size() >= jobs.size();
        });
        assertThat(eventIds).isEqualTo(jobs.stream().map(job -> job + "-1").collect(Collectors.toSet()));
        assertThat(results).allSatisfy(each -> {
            JsonNode value = json(each.value());
            assertThat(value.path("result").path("risk").asText()).isEqualTo("low");
            assertThat(new String(each.key(), StandardCharsets.UTF_8))
                    .isEqualTo(value.path("source").path("cameraId").asText());
        });
    }

    @Test
    @Order(1)
    void twoHundredEventsGoInAndTheirResultsComeOut() {
        ConfigurableApplicationContext context = bridge("renderfleet.kafka.topics.tasks=" + name + ".tasks");
        CompletionQueue ends = context.getBean(CompletionQueue.class);
        endJobsAtOnce(ends);
        Set<String> jobs = send(0, 200);

        assertResults(jobs);
        awaitCommitted(200);
        assertThat(api.accepted()).isEqualTo(jobs);
        assertThat(cluster.size(name + ".dlt")).isZero();
        List<ConsumerRecord<byte[], byte[]>> tasks = cluster.read(name + ".tasks", records -> records.size() == 400);
        assertThat(tasks)
                .allSatisfy(task ->
                        assertThat(json(task.value()).path("jobId").asText()).isIn(jobs));
        await().atMost(DEADLINE).untilAsserted(() -> assertThat(ends.depth()).isEqualTo(new QueueDepth(0, 0, 0)));
    }

    /** 2 MB that cannot be compressed to the half. */
    private static String noise() {
        byte[] bytes = new byte[1_500_000];
        new Random(1).nextBytes(bytes);
        return Base64.getEncoder().encodeToString(bytes);
    }

    @Test
    @Order(2)
    void aRecordThatCannotBeSubmittedIsADeadLetterAndTheOthersAreNotDelayed() {
        byte[] large = utf8("{\"cameraId\": \"large\", \"image\": \"" + noise() + "\"}");
        byte[] valid = utf8(event(1));
        cluster.send(name, utf8("k"), utf8("not JSON"));
        cluster.send(name, utf8("k"), utf8("{\"another\": \"schema\"}"));
        cluster.send(name, utf8("k"), large);
        cluster.send(name, utf8("k"), utf8("{\"cameraId\": \"c\", \"timestamp\": \"t\"}"));
        // One partition has all records with this key; the one without a key may be in another one.
        cluster.send(name, utf8("k"), valid);
        cluster.send(name, null, utf8(event(2)));
        cluster.flush();
        api.answers(event -> event.has("another")
                ? Answer.refused(400, "urn:renderfleet:problem:invalid-request")
                : event.path("timestamp").asText().equals("t")
                        ? Answer.refused(422, "urn:renderfleet:problem:input-not-found")
                        : Answer.ACCEPTED);
        bridge();

        awaitCommitted(6);
        assertThat(api.accepted())
                .containsExactlyInAnyOrder(StubApi.jobId(json(valid)), StubApi.jobId(json(utf8(event(2)))));
        List<ConsumerRecord<byte[], byte[]>> letters =
                cluster.read(name + ".dlt", records -> records.size() == 4).stream()
                        .sorted(Comparator.comparing(letter -> header(letter, "renderfleet-original-offset")))
                        .toList();
        assertThat(letters)
                .extracting(letter -> header(letter, "renderfleet-original-offset"))
                .containsExactly("0", "1", "2", "3");
        assertThat(letters).allSatisfy(letter -> {
            assertThat(letter.key()).isEqualTo(utf8("k"));
            assertThat(header(letter, "renderfleet-original-topic")).isEqualTo(name);
            assertThat(header(letter, "renderfleet-original-partition")).matches("[0-5]");
        });
        assertThat(header(letters.get(0), "renderfleet-reason")).startsWith("The value is not JSON");
        assertThat(letters.get(0).value()).isEqualTo(utf8("not JSON"));
        assertThat(header(letters.get(1), "renderfleet-problem-type"))
                .isEqualTo("urn:renderfleet:problem:invalid-request");
        assertThat(header(letters.get(2), "renderfleet-reason"))
                .contains("max-record")
                .contains(Integer.toString(large.length));
        assertThat(letters.get(2).value())
                .as("larger than the dead-letter topic allows")
                .isNull();
        assertThat(header(letters.get(2), "renderfleet-omitted-bytes")).isEqualTo(Integer.toString(large.length));
        assertThat(header(letters.get(3), "renderfleet-problem-type"))
                .isEqualTo("urn:renderfleet:problem:input-not-found");
    }

    @Test
    @Order(3)
    void nothingIsCommittedOrLostWhileTheApiIsBusy() {
        Instant open = Instant.now().plusSeconds(4);
        Set<Integer> statuses = Set.of(429, 503);
        AtomicInteger asked = new AtomicInteger();
        api.answers(event -> {
            if (Instant.now().isBefore(open)) {
                int status = asked.incrementAndGet() % 2 == 0 ? 429 : 503;
                assertThat(statuses).contains(status);
                return new Answer(status, Map.of("Retry-After", "2"), "");
            }
            return Answer.ACCEPTED;
        });
        bridge();
        Set<String> jobs = send(0, 150);

        await().atMost(DEADLINE).until(() -> asked.get() > 0);
        assertThat(cluster.committed(name)).isZero();
        awaitCommitted(150);
        assertThat(api.accepted()).isEqualTo(jobs);
        assertThat(cluster.size(name + ".dlt")).isZero();
        assertThat(asked.get())
                .as("requests in 4 s, of 150 records with Retry-After: 2")
                .isLessThanOrEqualTo(150 * 3);
    }

    @Test
    @Order(4)
    void aLimitedUserIsServedAtItsRateAndAcceptedRecordsAreNotSubmittedAgain() {
        Map<Long, AtomicInteger> bySecond = new ConcurrentHashMap<>();
        api.answers(event -> {
            long second = Instant.now().getEpochSecond();
            return bySecond.computeIfAbsent(second, each -> new AtomicInteger()).incrementAndGet() > 20
                    ? new Answer(429, Map.of("Retry-After", "1"), "")
                    : Answer.ACCEPTED;
        });
        Set<String> jobs = send(0, 50);
        bridge();

        awaitCommitted(50);
        assertThat(api.accepted()).isEqualTo(jobs);
        assertThat(api.acceptances()).isEqualTo(50);
    }

    @Test
    @Order(5)
    void aRebalanceDuringABatchLosesNothing() {
        api.answers(event -> {
            pause(100);
            return Answer.ACCEPTED;
        });
        ConfigurableApplicationContext first = bridge("spring.kafka.client-id=first");
        Set<String> jobs = send(0, 150);
        await().atMost(DEADLINE).until(() -> api.acceptances() > 0);
        // Some records are always being submitted while partitions move to the second bridge, and back from the first.
        bridge("spring.kafka.client-id=second");
        jobs.addAll(send(150, 300));
        await().atMost(DEADLINE).until(() -> api.accepted().size() > 150);
        first.close();
        jobs.addAll(send(300, 400));

        awaitCommitted(400);
        assertThat(api.accepted()).isEqualTo(jobs);
        assertThat(cluster.size(name + ".dlt")).isZero();
    }

    @Test
    @Order(6)
    void aRebalanceWhileTheApiIsBusyLosesNothing() {
        Instant open = Instant.now().plusSeconds(6);
        api.answers(event -> Instant.now().isBefore(open) ? Answer.busy(1) : Answer.ACCEPTED);
        bridge("spring.kafka.client-id=first");
        Set<String> jobs = send(0, 100);
        bridge("spring.kafka.client-id=second");
        jobs.addAll(send(100, 200));

        awaitCommitted(200);
        assertThat(api.accepted()).isEqualTo(jobs);
    }

    @Test
    @Order(7)
    void afterAKillEverythingIsDelivered() throws Exception {
        // Of each batch, one record in four is never answered, so no batch is ever committed by the bridge that is
        // killed.
        api.answers(event -> {
            if (event.path("timestamp").asText().matches(".*[02468]Z") && api.acceptances() > 20) {
                pause(15_000);
            }
            return Answer.ACCEPTED;
        });
        Set<String> jobs = send(0, 120);
        Process process = kill(arguments(cluster.servers()));
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(cluster.committed(name)).isLessThan(120);

        api.answers(event -> Answer.ACCEPTED);
        bridge();
        awaitCommitted(120);
        assertThat(api.accepted()).isEqualTo(jobs);
    }

    /** Runs a bridge in a process of its own, and kills it when it has submitted some records. */
    private Process kill(String[] arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                System.getProperty("java.home") + "/bin/java",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                BridgeServiceApplication.class.getName()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(new File("target/killed-bridge.log"))
                .start();
        opened.add(process::destroyForcibly);
        await().atMost(DEADLINE).until(() -> api.acceptances() > 10);
        return process.destroyForcibly();
    }

    @Test
    @Order(8)
    void aLargeResultIsALinkAndAResultThatIsNotInTheEventIsReadFromTheApi() {
        ConfigurableApplicationContext context = bridge();
        CompletionQueue ends = context.getBean(CompletionQueue.class);
        List<String> ids = IntStream.range(0, 4)
                .mapToObj(number -> JobId.random().toString())
                .toList();
        api.has(ids.get(0), utf8("{\"risk\": \"" + "x".repeat(500_000) + "\"}"));
        api.has(ids.get(1), utf8("{\"risk\": \"" + "x".repeat(950_000) + "\"}"));
        api.has(ids.get(2), utf8("not JSON"));
        ids.forEach(id -> ends.send(completion(id, "camera-1", null)).join());
        ends.send("not an event").join();

        List<JsonNode> sent = cluster.read(name + ".results", records -> records.size() == 4).stream()
                .map(each -> json(each.value()))
                .toList();
        assertThat(sent).extracting(value -> value.path("jobId").asText()).containsExactlyInAnyOrderElementsOf(ids);
        assertThat(sent).allSatisfy(value -> {
            String id = value.path("jobId").asText();
            if (id.equals(ids.get(0))) {
                assertThat(value.path("result").path("risk").asText()).hasSize(500_000);
                assertThat(value.has("resultUrl")).isFalse();
            } else {
                assertThat(value.has("result")).isFalse();
                assertThat(value.path("resultUrl").asText()).isEqualTo(api.address() + "/jobs/" + id + "/result");
            }
        });
        await().atMost(DEADLINE)
                .untilAsserted(() -> assertThat(ends.depth())
                        .as("the unreadable one is left")
                        .isEqualTo(new QueueDepth(0, 1, 0)));
    }

    @Test
    @Order(9)
    void anEventWhoseResultCannotBeReadDelaysNoOtherAndIsSentWithItSoon() {
        CompletionQueue ends = bridge().getBean(CompletionQueue.class);
        List<String> ids = IntStream.range(0, 10)
                .mapToObj(number -> JobId.random().toString())
                .toList();
        ids.forEach(id -> api.has(id, utf8("{\"risk\": \"low\"}")));
        api.failsOnce(ids.getFirst());
        Instant start = Instant.now();
        ids.forEach(id -> ends.send(completion(id, "camera-1", null)).join());

        assertResults(Set.copyOf(ids));
        assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(30));
    }

    @Test
    @Order(10)
    void aBridgeStartsWithoutBrokersAndWorksOnceTheyAreThere() throws IOException {
        Set<String> jobs = send(0, 10);
        try (Forwarder forwarder = new Forwarder(cluster.servers())) {
            ConfigurableApplicationContext context =
                    BridgeServiceApplication.create().run(arguments(forwarder.address()));
            opened.add(context);
            assertThat(Readiness.of(context)).as("not ready").isEqualTo(503);
            assertThat(Readiness.liveness(context)).as("live").isEqualTo(200);

            forwarder.open();
            awaitCommitted(10);
            assertThat(api.accepted()).isEqualTo(jobs);
            await().atMost(DEADLINE)
                    .untilAsserted(() -> assertThat(Readiness.of(context)).isEqualTo(200));
        }
    }

    private static void pause(int millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
