package io.renderfleet.api.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.renderfleet.completion.CompletionEvent;
import io.renderfleet.localaws.LocalAws;
import io.renderfleet.localaws.LocalAwsOptions;
import io.renderfleet.queue.JobQueues;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The stream of results over HTTP, with events from a queue of SQS. */
class StreamTests {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static LocalAws aws;
    private static EventServer api;

    @BeforeAll
    static void start() {
        aws = LocalAws.start(LocalAwsOptions.onFreePorts());
        api = EventServer.start(
                aws, "renderfleet.api.streams.max-connections=3", "renderfleet.api.streams.heartbeat=1s");
    }

    @AfterAll
    static void stop() {
        api.close();
        aws.close();
    }

    /** The service notices at the next heartbeats that the clients of other tests are gone. */
    @BeforeEach
    void startWithoutConnections() {
        await().atMost(LIMIT).until(() -> api.bean(LiveEvents.class).connections() == 0);
    }

    private static SseClient connect(String query) throws Exception {
        SseClient client = SseClient.connect(api.port(), "/events/stream" + query);
        assertThat(client.isOpen()).as(client.status()).isTrue();
        return client;
    }

    private static Map<String, String> nextResult(SseClient client) throws Exception {
        Map<String, String> event = client.next();
        while ("heartbeat".equals(event.get("event"))) {
            event = client.next();
        }
        return event;
    }

    @Test
    void pushesEachResultToTheConnectionsThatWantItsCamera() throws Exception {
        try (SseClient all = connect("");
                SseClient second = connect("?cameraId=camera-2,%20camera-3")) {
            String one = api.send("camera-1", "{\"tasks\": [{\"output\": \"ä €\"}]}");
            Map<String, String> event = nextResult(all);
            assertThat(event).containsEntry("id", one).containsEntry("event", "result");
            JsonNode data = new ObjectMapper().readTree(event.get("data"));
            assertThat(data.at("/eventId").asText()).isEqualTo(one);
            assertThat(data.at("/source/cameraId").asText()).isEqualTo("camera-1");
            assertThat(data.at("/status").asText()).isEqualTo("COMPLETED");
            assertThat(data.at("/result/tasks/0/output").asText()).isEqualTo("ä €");

            String three = api.send("camera-3", "{}");
            assertThat(nextResult(all)).containsEntry("id", three);
            assertThat(nextResult(second)).containsEntry("id", three);
        }
    }

    @Test
    void pushesACopyOfAnEventOnlyOnce() throws Exception {
        try (SseClient client = connect("")) {
            CompletionEvent event = EventServer.event("camera-1", "{}");
            api.send(event);
            api.send(event);
            assertThat(nextResult(client)).containsEntry("id", event.eventId());
            await().atMost(LIMIT)
                    .until(() -> api.bean(JobQueues.class).completions().depth().total() == 0);
            String next = api.send("camera-1", "{}");
            assertThat(nextResult(client)).containsEntry("id", next);
        }
    }

    @Test
    void refusesConnectionsBeyondTheLimitAndTakesThemAgain() throws Exception {
        try (SseClient one = connect("");
                SseClient two = connect("");
                SseClient three = connect("");
                SseClient four = SseClient.connect(api.port(), "/events/stream")) {
            assertThat(four.status()).contains(" 503");
            assertThat(one.isOpen() && two.isOpen() && three.isOpen()).isTrue();
        }
        // A connection that the client closed is noticed at the next heartbeat.
        await().atMost(LIMIT).until(() -> {
            try (SseClient again = SseClient.connect(api.port(), "/events/stream")) {
                return again.isOpen();
            }
        });
    }

    @Test
    void sendsACommentWhileNothingHappens() throws Exception {
        try (SseClient client = connect("?cameraId=nobody")) {
            assertThat(client.next()).containsEntry("event", "heartbeat");
        }
    }

    @Test
    void refusesWhatIsNoListOfCameras() throws Exception {
        for (String query : new String[] {"?cameraId=", "?cameraId=a,,b", "?camera=a", "?cameraId=a&cameraId=b"}) {
            try (SseClient client = SseClient.connect(api.port(), "/events/stream" + query)) {
                assertThat(client.status()).as(query).contains(" 400");
            }
        }
    }

    @Test
    void dropsAClientThatDoesNotReadAndDelaysNoOther() throws Exception {
        LiveEvents events = api.bean(LiveEvents.class);
        String large = "{\"text\": \"" + "x".repeat(20_000) + "\"}";
        try (SseClient slow = SseClient.silent(api.port(), "/events/stream");
                SseClient quick = connect("")) {
            assertThat(slow.isOpen()).isTrue();
            String last = "";
            for (int i = 0; i < 2000; i++) {
                CompletionEvent event = EventServer.event("camera-1", large);
                events.completed(event);
                last = event.eventId();
                assertThat(nextResult(quick)).containsEntry("id", last);
            }
            slow.startReading();
            Map<String, String> event = nextResult(slow);
            int read = 0;
            while ("result".equals(event.get("event"))) {
                read++;
                event = nextResult(slow);
            }
            assertThat(event.get("event")).isIn("overflow", "end");
            assertThat(read).isLessThan(2000);
        }
    }

    @Test
    void endsAllStreamsAtShutdown() throws Exception {
        try (EventServer other = EventServer.start(aws);
                SseClient client = SseClient.connect(other.port(), "/events/stream")) {
            assertThat(client.isOpen()).isTrue();
            long before = System.nanoTime();
            other.stop();
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(20));
            assertThat(nextResult(client)).containsEntry("event", "end");
        }
    }
}
