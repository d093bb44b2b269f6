package io.renderfleet.bridge;

import static io.renderfleet.bridge.TestBridge.event;
import static io.renderfleet.bridge.TestBridge.json;
import static io.renderfleet.bridge.TestBridge.utf8;
import static io.renderfleet.bridge.TestCluster.header;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.micrometer.core.instrument.MeterRegistry;
import io.renderfleet.bridge.StubApi.Answer;
import io.renderfleet.localaws.LocalAws;
import io.renderfleet.localaws.LocalAwsOptions;
import io.renderfleet.queue.CompletionQueue;
import io.renderfleet.queue.JobQueue.QueueDepth;
import io.renderfleet.telemetry.FleetMetric;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * One broker of three stops and starts again while records go in and results come out. The build sends few records, and
 * {@code make bench-kafka} sends 10,000.
 */
class BrokerOutageTests {
    private static final int RECORDS = Integer.getInteger("renderfleet.bridge.records", 600);
    /** Longer than the producer waits for the brokers, and the pause after that. */
    private static final Duration DEADLINE = Duration.ofMinutes(3).plusMillis(50L * RECORDS);

    private static final String NAME = "outage";

    private static TestCluster cluster;
    private static LocalAws aws;
    private static StubApi api;
    private static ConfigurableApplicationContext bridge;

    @BeforeAll
    static void start() throws IOException {
        cluster = new TestCluster();
        aws = LocalAws.start(LocalAwsOptions.onFreePorts().withSinks(List.of("kafka")));
        api = new StubApi();
        cluster.create(List.of(NAME, NAME + ".results"), List.of(NAME + ".dlt"));
        bridge = BridgeServiceApplication.create().run(TestBridge.arguments(aws, api, NAME, cluster.servers()));
    }

    @AfterAll
    static void stop() {
        bridge.close();
        api.close();
        cluster.close();
        aws.close();
    }

    @Test
    void nothingIsLostAndNoAcknowledgedResultIsSentTwiceWhileABrokerIsAway() {
        CompletionQueue ends = bridge.getBean(CompletionQueue.class);
        endEachJobOnce(ends);
        Instant start = Instant.now();

        send(0, RECORDS / 3);
        awaitAccepted(RECORDS / 6);
        cluster.stopBroker();
        send(RECORDS / 3, 2 * RECORDS / 3);
        awaitAccepted(RECORDS / 2);
        cluster.startBroker();
        send(2 * RECORDS / 3, RECORDS);

        await().atMost(DEADLINE)
                .pollInterval(Duration.ofMillis(100))
                .untilAsserted(() -> assertThat(cluster.committed(NAME)).isEqualTo(RECORDS));
        // Nothing more is sent once the queue of the events is empty.
        await().atMost(DEADLINE)
                .pollInterval(Duration.ofMillis(100))
                .untilAsserted(() -> assertThat(ends.depth()).isEqualTo(new QueueDepth(0, 0, 0)));
        Duration time = Duration.between(start, Instant.now());
        long results = cluster.size(NAME + ".results");
        Set<String> sent = cluster.read(NAME + ".results", records -> records.size() == results).stream()
                .map(each -> header(each, "event-id"))
                .collect(Collectors.toSet());

        Set<String> jobs = IntStream.range(0, RECORDS)
                .mapToObj(number -> StubApi.jobId(json(utf8(event(number)))))
                .collect(Collectors.toSet());
        Set<String> lost = new HashSet<>(jobs);
        lost.removeIf(job -> sent.contains(job + "-1"));
        long failures = (long) bridge.getBean(MeterRegistry.class)
                .get(FleetMetric.BRIDGE_RESULTS.metricName())
                .tag("outcome", "failed")
                .counter()
                .count();
        System.out.printf(
                "%d records with one of three brokers stopped and started again: %.1f s, %d submitted again, %d results"
                        + " lost, %d results not acknowledged, %d results sent twice%n",
                RECORDS,
                time.toMillis() / 1e3,
                api.acceptances() - jobs.size(),
                lost.size(),
                failures,
                results - sent.size());
        assertThat(api.accepted()).isEqualTo(jobs);
        assertThat(lost).isEmpty();
        assertThat(results - sent.size())
                .as("copies, which only a lost acknowledgement explains")
                .isLessThanOrEqualTo(failures);
        assertThat(cluster.size(NAME + ".dlt")).isZero();
    }

    /** The job of an accepted event ends at once. An event that is submitted again is the same job, which ends once. */
    private static void endEachJobOnce(CompletionQueue ends) {
        Set<String> ended = ConcurrentHashMap.newKeySet();
        api.answers(event -> {
            String job = StubApi.jobId(event);
            if (ended.add(job)) {
                ends.send(TestBridge.completion(
                                job,
                                event.path("cameraId").asText(),
                                JsonNodeFactory.instance.objectNode().put("risk", "low")))
                        .join();
            }
            return Answer.ACCEPTED;
        });
    }

    private static void send(int from, int to) {
        IntStream.range(from, to).forEach(number -> cluster.send(NAME, utf8("key-" + number), utf8(event(number))));
        cluster.flush();
    }

    private static void awaitAccepted(int events) {
        await().atMost(DEADLINE).until(() -> api.acceptances() >= events);
    }
}
