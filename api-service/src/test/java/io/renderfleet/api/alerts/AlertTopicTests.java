package io.renderfleet.api.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.MeterRegistry;
import io.renderfleet.alert.AlertRule;
import io.renderfleet.alert.AlertRule.Severity;
import io.renderfleet.alert.AlertStore;
import io.renderfleet.api.events.EventServer;
import io.renderfleet.completion.CompletionEvent;
import io.renderfleet.identity.Caller;
import io.renderfleet.localaws.LocalAws;
import io.renderfleet.localaws.LocalAwsOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Alerts are published to a topic of SNS, for which an HTTP server stands. */
class AlertTopicTests {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String TOPIC = "arn:aws:sns:eu-west-1:123456789012:alerts";
    private static final String HIGH = "{\"tasks\": [{\"output\": {\"risk\": \"high\"}}]}";

    /** The SDK's own setting of the address of a service. */
    private static final String ENDPOINT = "aws.endpointUrlSns";

    private final Queue<Map<String, String>> published = new ConcurrentLinkedQueue<>();
    private volatile int status = 200;
    private HttpServer sns;
    private LocalAws aws;
    private EventServer api;

    @BeforeEach
    void start() throws IOException {
        sns = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        sns.createContext("/", this::answer);
        sns.start();
        System.setProperty(ENDPOINT, "http://127.0.0.1:" + sns.getAddress().getPort());
        aws = LocalAws.start(LocalAwsOptions.onFreePorts());
        api = EventServer.start(
                aws,
                "renderfleet.alerts.topic=" + TOPIC,
                "renderfleet.alerts.links=https://api.example.com",
                "renderfleet.alerts.rules.high.when=result.tasks.exists(t, t.output.risk == 'high')",
                "renderfleet.alerts.rules.high.message=A high risk was seen",
                "renderfleet.alerts.rules.high.severity=critical");
    }

    @AfterEach
    void stop() {
        api.close();
        aws.close();
        sns.stop(0);
        System.clearProperty(ENDPOINT);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String form = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        if (status == 200) {
            published.add(Stream.of(form.split("&"))
                    .map(field ->
                            URLDecoder.decode(field, StandardCharsets.UTF_8).split("=", 2))
                    .collect(Collectors.toMap(field -> field[0], field -> field[1])));
        }
        byte[] body = "<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>"
                .getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private double publications(String outcome) {
        return api.bean(MeterRegistry.class)
                .get("renderfleet.api.alert.publications")
                .tag("outcome", outcome)
                .counter()
                .count();
    }

    @Test
    void anAlertIsPublishedOnceThoughItsEventArrivesTwice() throws Exception {
        CompletionEvent event = EventServer.event("camera-1", HIGH);
        api.send(event);

        await().atMost(LIMIT).until(() -> !published.isEmpty());
        Map<String, String> request = published.element();
        assertThat(request)
                .containsEntry("Action", "Publish")
                .containsEntry("TopicArn", TOPIC)
                .containsEntry("Subject", "Renderfleet alert high (CRITICAL)");
        JsonNode message = new ObjectMapper().readTree(request.get("Message"));
        assertThat(message.path("rule").asText()).isEqualTo("high");
        assertThat(message.path("message").asText()).isEqualTo("A high risk was seen");
        assertThat(message.at("/source/cameraId").asText()).isEqualTo("camera-1");
        assertThat(message.path("eventId").asText()).isEqualTo(event.eventId());
        assertThat(message.path("link").asText()).isEqualTo("https://api.example.com/jobs/" + event.jobId());

        await().atMost(LIMIT).until(() -> api.bean(AlertStore.class).isPublished(event, rule()));
        // Another instance got the copy.
        api.bean(Alerts.class).completed(event);
        assertThat(published).hasSize(1);
        assertThat(publications("sent")).isEqualTo(1);
    }

    @Test
    void whileSnsFailsAlertsAreRaisedAndTheyArePublishedWhenItsEventComesBack() throws Exception {
        status = 500;
        Alerts alerts = api.bean(Alerts.class);
        CompletionEvent event = EventServer.event("camera-1", HIGH);

        assertThatIllegalStateException()
                .isThrownBy(() -> alerts.completed(event))
                .withMessageContaining("The alert of the rule high is stored, but could not be published to " + TOPIC);
        assertThat(alerts.latest(Caller.ANYONE, 10))
                .singleElement()
                .satisfies(alert -> assertThat(alert.eventId()).isEqualTo(event.eventId()));
        assertThat(publications("failed")).isEqualTo(1);

        status = 200;
        alerts.completed(event);
        assertThat(published).hasSize(1);
        assertThat(alerts.latest(Caller.ANYONE, 10)).hasSize(1);
    }

    @Test
    void anAlertOfAnInstanceThatDiedBeforeItPublishedIsPublished() throws Exception {
        CompletionEvent event = EventServer.event("camera-1", HIGH);
        assertThat(api.bean(AlertStore.class).raise(event, rule())).isPresent();

        api.bean(Alerts.class).completed(event);

        assertThat(published).hasSize(1);
    }

    @Test
    void aTopicThatIsNoneStopsTheStart() {
        assertThatException()
                .isThrownBy(() -> EventServer.start(aws, "renderfleet.alerts.topic=" + TOPIC + ".fifo"))
                .havingRootCause()
                .withMessageContaining("must be the ARN of a standard topic of SNS");
    }

    private static AlertRule rule() {
        return new AlertRule("high", "true", "A high risk was seen", Severity.CRITICAL);
    }
}
