package io.renderfleet.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.renderfleet.client.FakeApi.Received;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EventReaderTests {
    private static final Duration SILENCE = Duration.ofMillis(300);
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String RUNNING = """
            {"jobId": "j", "type": "render", "status": "PROCESSING", "progress": 10, "attempt": 1,
             "createdAt": "2030-01-01T00:00:00Z", "designId": "chair"}""";
    private static final String COMPLETED = RUNNING.replace("PROCESSING", "COMPLETED");

    private FakeApi api;
    private RenderfleetClient client;

    @BeforeEach
    void start() throws IOException {
        api = new FakeApi();
        client = new RenderfleetClient(
                ClientOptions.of(api.address())
                        .withRetries(RetryPolicy.defaults()
                                .within(3, Duration.ofSeconds(20))
                                .withPauses(Duration.ofMillis(1), Duration.ofMillis(5))),
                SILENCE);
    }

    @AfterEach
    void stop() {
        client.close();
        api.close();
    }

    private static String event(String name, String id, String status, int progress) {
        return "event: %s\nid: %s\ndata: {\"jobId\": \"j\", \"status\": \"%s\", \"progress\": %d, \"attempt\": 1}\n\n"
                .formatted(name, id, status, progress);
    }

    private List<String> lastEventIds() {
        return api.received().stream()
                .filter(request -> request.path().contains("/events"))
                .map(request -> request.header("Last-event-id"))
                .toList();
    }

    @Test
    void readsEventsAndLeavesOutOneThatIsIncomplete() throws InterruptedException {
        api.answers(200, """
                : a comment

                event: alert
                id: 7
                data: {"a":
                data: 1}

                data: {}

                event: incomplete
                data: {}""").answers(200, "data: 3\r\n\r\n");
        List<LiveEvent> events = new ArrayList<>();

        client.followAlerts("6", LIMIT, event -> events.add(event) && events.size() < 3);

        assertThat(events)
                .containsExactly(
                        new LiveEvent("alert", "7", "{\"a\":\n1}"),
                        new LiveEvent("message", "7", "{}"),
                        new LiveEvent("message", "7", "3"));
    }

    @Test
    void continuesAfterTheLastEventWhenTheConnectionEndsBreaksOrIsSilent() throws InterruptedException {
        api.answers(200, "id: 1\ndata: 1\n\n")
                .losesItsAnswer()
                .staysOpen("id: 2\ndata: 2\n\n")
                .answers(503, "{}", Map.of("Retry-After", "0"))
                .answers(200, "id: 3\ndata: 3\n\n");
        List<String> data = new ArrayList<>();

        client.followAlerts(null, LIMIT, event -> data.add(event.data()) && data.size() < 3);

        assertThat(data).containsExactly("1", "2", "3");
        assertThat(lastEventIds()).containsExactly("", "1", "1", "2", "2");
    }

    @Test
    void staysConnectedWhileCommentsArrive() throws InterruptedException {
        api.ticks(": heartbeat\n\n", SILENCE.dividedBy(3), 9, "data: 1\n\n");
        List<String> data = new ArrayList<>();

        client.followResults(Set.of("camera 1"), LIMIT, event -> {
            data.add(event.data());
            return false;
        });

        assertThat(data).containsExactly("1");
        assertThat(api.received()).extracting(Received::path).containsExactly("/events/stream?cameraId=camera%201");
    }

    @Test
    void endsWhenTheTimeIsUp() throws InterruptedException {
        api.staysOpen("data: 1\n\n");
        List<String> data = new ArrayList<>();

        client.followJobs("user-1", Duration.ofMillis(200), event -> data.add(event.data()));

        assertThat(data).containsExactly("1");
        assertThat(api.received()).extracting(Received::path).containsExactly("/jobs/events?userId=user-1");
    }

    @Test
    void throwsTheProblemOfARefusedStream() {
        api.answers(400, "{\"title\": \"Not valid\"}");

        assertThatExceptionOfType(ProblemException.class)
                .isThrownBy(() -> client.followResults(Set.of(), LIMIT, event -> true))
                .satisfies(e -> assertThat(e.title()).contains("Not valid"));
    }

    @Test
    void waitsForAJobByItsStream() throws InterruptedException {
        api.answers(200, RUNNING)
                .answers(200, event("progress", "5", "PROCESSING", 40) + event("completed", "9", "COMPLETED", 100))
                .answers(200, COMPLETED);
        List<String> seen = new ArrayList<>();

        Job job = client.awaitEnd(
                "j",
                LIMIT,
                state -> seen.add(state.status() + " " + state.progress() + " "
                        + state.fields().get("designId")));

        assertThat(job.status()).isEqualTo(Job.Status.COMPLETED);
        assertThat(seen).containsExactly("PROCESSING 10 chair", "PROCESSING 40 chair", "COMPLETED 10 chair");
        assertThat(api.received()).extracting(Received::path).containsExactly("/jobs/j", "/jobs/j/events", "/jobs/j");
    }

    @Test
    void resumesTheStreamOfAJobAndReadsItBetweenTwoConnections() throws InterruptedException {
        api.answers(200, RUNNING)
                .staysOpen(event("progress", "5", "PROCESSING", 40))
                .answers(200, RUNNING)
                .answers(200, event("progress", "5", "PROCESSING", 40) + event("progress", "6", "PROCESSING", 60))
                .answers(200, RUNNING)
                .answers(204, "")
                .answers(200, COMPLETED);

        assertThat(client.awaitEnd("j", LIMIT).status()).isEqualTo(Job.Status.COMPLETED);

        assertThat(lastEventIds()).containsExactly("", "5", "6");
    }

    @Test
    void readsTheJobAgainAndAgainWhileTheStreamIsRefused() throws InterruptedException {
        api.answers(200, RUNNING, Map.of("Retry-After", "0"))
                .answers(503, "{}", Map.of("Retry-After", "60"))
                .answers(200, RUNNING, Map.of("Retry-After", "0"))
                .answers(200, RUNNING, Map.of("Retry-After", "0"))
                .answers(200, COMPLETED);

        assertThat(client.awaitEnd("j", LIMIT).status()).isEqualTo(Job.Status.COMPLETED);

        assertThat(lastEventIds()).hasSize(1);
        assertThat(api.received()).hasSize(5);
    }

    @Test
    void readsTheJobOnceMoreWhenTheTimeIsUp() throws InterruptedException {
        api.answers(200, RUNNING).staysOpen("").answers(200, COMPLETED);

        assertThat(client.awaitEnd("j", SILENCE.dividedBy(2)).status()).isEqualTo(Job.Status.COMPLETED);
    }

    @Test
    void breaksAConnectionWithALineThatIsTooLong() throws InterruptedException {
        api.answers(200, "data: " + "x".repeat(1024 * 1024 + 1) + "\n\n").answers(200, "data: 1\n\n");
        List<Integer> lengths = new ArrayList<>();

        client.followAlerts(null, LIMIT, event -> {
            lengths.add(event.data().length());
            return false;
        });

        assertThat(lengths).containsExactly(1);
    }
}
