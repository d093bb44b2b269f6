package io.renderfleet.api.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.renderfleet.alert.AlertRule;
import io.renderfleet.alert.AlertRule.Severity;
import io.renderfleet.alert.AlertStore;
import io.renderfleet.api.events.EventServer;
import io.renderfleet.api.events.SseClient;
import io.renderfleet.completion.CompletionEvent;
import io.renderfleet.localaws.LocalAws;
import io.renderfleet.localaws.LocalAwsOptions;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Alerts over HTTP, with events from a queue of SQS. */
class AlertTests {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String HIGH = "{\"tasks\": [{\"output\": {\"risk\": \"high\"}}]}";

    private final HttpClient client = HttpClient.newHttpClient();
    private LocalAws aws;
    private EventServer api;

    @BeforeEach
    void start() {
        aws = LocalAws.start(LocalAwsOptions.onFreePorts());
        api = EventServer.start(
                aws,
                "renderfleet.alerts.rules.high.when=result.tasks.exists(t, t.output.risk == 'high')",
                "renderfleet.alerts.rules.high.message=A high risk was seen",
                "renderfleet.alerts.rules.high.severity=critical",
                "renderfleet.alerts.rules.broken.when=result.tasks[0].output.risk > 3",
                "renderfleet.alerts.rules.broken.message=Never raised");
    }

    @AfterEach
    void stop() {
        client.close();
        api.close();
        aws.close();
    }

    private HttpResponse<String> send(String method, String path, String body) throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + api.port() + path))
                        .timeout(Duration.ofSeconds(20))
                        .header("Content-Type", "application/json")
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private JsonNode alerts(String query) throws Exception {
        return JSON.readTree(send("GET", "/alerts" + query, "").body()).path("alerts");
    }

    private static Map<String, String> nextAlert(SseClient stream) throws Exception {
        Map<String, String> event = stream.next();
        for (int heartbeats = 0; heartbeats < 3 && !"alert".equals(event.get("event")); heartbeats++) {
            event = stream.next();
        }
        return event;
    }

    @Test
    void aRuleRaisesOneAlertForEachEventAndACopyNone() throws Exception {
        try (SseClient stream = SseClient.connect(api.port(), "/alerts/events")) {
            assertThat(send("GET", "/alerts/rules", "").body()).contains("\"high\"", "\"broken\"");
            CompletionEvent event = EventServer.event("camera-1", HIGH);
            api.send(event);
            api.send(event);
            api.send("camera-2", "{\"tasks\": []}");

            Map<String, String> pushed = nextAlert(stream);
            assertThat(pushed).containsEntry("id", "1");
            JsonNode alert = JSON.readTree(pushed.get("data"));
            assertThat(alert.path("rule").asText()).isEqualTo("high");
            assertThat(alert.path("severity").asText()).isEqualTo("CRITICAL");
            assertThat(alert.path("jobId").asText()).isEqualTo(event.jobId().toString());
            assertThat(alert.at("/source/cameraId").asText()).isEqualTo("camera-1");
            // Another instance got the copy, and the first one has forgotten the event.
            api.bean(Alerts.class).completed(event);
            assertThat(alerts(""))
                    .singleElement()
                    .satisfies(listed -> assertThat(listed).isEqualTo(alert));
        }
    }

    @Test
    void operatorsSaveAndDeleteRulesThatAreInEffectWithinSeconds() throws Exception {
        String rule = "{\"when\": \"event.source.cameraId == 'camera-9'\", \"message\": \"Camera 9\"}";
        assertThat(send("PUT", "/alerts/rules/camera-9", rule).statusCode()).isEqualTo(200);
        assertThat(JSON.readTree(send("GET", "/alerts/rules", "").body())
                        .path("rules")
                        .findValuesAsText("name"))
                .containsExactly("broken", "high", "camera-9");

        await().atMost(LIMIT).pollInterval(Duration.ofMillis(500)).until(() -> {
            api.send("camera-9", "{}");
            return !alerts("").isEmpty();
        });
        assertThat(alerts("?limit=1").path(0).path("rule").asText()).isEqualTo("camera-9");

        assertThat(send("DELETE", "/alerts/rules/camera-9", "").statusCode()).isEqualTo(204);
        assertThat(send("DELETE", "/alerts/rules/camera-9", "").statusCode()).isEqualTo(404);
        assertThat(send("DELETE", "/alerts/rules/high", "").statusCode()).isEqualTo(404);
    }

    @Test
    void refusesWhatIsNoRule() throws Exception {
        String fine = "\"message\": \"m\"";
        for (String body : List.of(
                "{\"when\": \"result.tasks.exists(t, \", " + fine + "}",
                "{" + fine + "}",
                "{\"when\": \"true\"}",
                "{\"when\": \"true\", " + fine + ", \"severity\": \"URGENT\"}",
                "{\"when\": \"true\", " + fine + ", \"more\": 1}",
                "{\"when\": \"" + "true || ".repeat(400) + "true\", " + fine + "}")) {
            HttpResponse<String> answer = send("PUT", "/alerts/rules/rule-1", body);
            assertThat(answer.statusCode()).as(body).isEqualTo(400);
        }
        assertThat(send("PUT", "/alerts/rules/rule-1", "{\"when\": \"result.tasks.exists(t, \", " + fine + "}")
                        .body())
                .contains("at line 1, column 24");
        String rule = "{\"when\": \"true\", " + fine + "}";
        assertThat(send("PUT", "/alerts/rules/Rule_1", rule).statusCode()).isEqualTo(400);
        assertThat(send("PUT", "/alerts/rules/high", rule).body()).contains("settings of the service");
        assertThat(send("GET", "/alerts?limit=101", "").statusCode()).isEqualTo(400);
    }

    @Test
    void keepsTheLatestHundredAndContinuesAStreamAfterTheLastOne() throws Exception {
        AlertStore store = api.bean(AlertStore.class);
        AlertRule rule = new AlertRule("high", "true", "message", Severity.INFO);
        List<Callable<Object>> raises = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            CompletionEvent event = EventServer.event("camera-" + i, "{}");
            raises.add(() -> store.raise(event, rule));
        }
        try (var threads = Executors.newFixedThreadPool(4)) {
            for (var raised : threads.invokeAll(raises)) {
                assertThat(raised.get()).isNotEqualTo(java.util.Optional.empty());
            }
        }
        assertThat(store.last()).isEqualTo(120);
        assertThat(alerts("?limit=100"))
                .extracting(alert -> alert.path("id").asLong())
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(21, 120).boxed().toList().reversed());

        try (SseClient stream = SseClient.connect(api.port(), "/alerts/events", "Last-Event-ID: 117\r\n")) {
            api.send("camera-1", HIGH);
            for (int id : IntStream.rangeClosed(118, 121).toArray()) {
                assertThat(nextAlert(stream)).containsEntry("id", Integer.toString(id));
            }
        }
        try (SseClient stream = SseClient.connect(api.port(), "/alerts/events", "Last-Event-ID: 3\r\n")) {
            assertThat(nextAlert(stream)).containsEntry("id", "22");
        }
        try (SseClient stream = SseClient.connect(api.port(), "/alerts/events", "Last-Event-ID: x\r\n")) {
            assertThat(stream.isOpen()).isFalse();
        }
    }
}
