package io.renderfleet.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.renderfleet.job.JobId;
import io.renderfleet.testing.WebhookReceiver;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A job with a callback URL, from its submission to the signed request that reports its result. */
class WebhookIT {
    private static final Duration DEADLINE = Duration.ofMinutes(2);
    private final ObjectMapper json = new ObjectMapper();

    @Test
    void theEndOfARenderIsReportedWithASignature() throws Exception {
        try (WebhookReceiver receiver = WebhookReceiver.start();
                RunningFleet fleet = RunningFleet.start(Map.of("renderfleet.webhooks.allow-loopback", "true"))) {
            String made = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(fleet.api().resolve("/webhook?userId=caller"))
                                    .timeout(Duration.ofSeconds(30))
                                    .header("Content-Type", "application/json")
                                    .PUT(BodyPublishers.ofString("{}"))
                                    .build(),
                            BodyHandlers.ofString())
                    .body();
            String secret = json.readTree(made).path("secret").asText();

            JobId id = fleet.accepted(fleet.post(
                    "/jobs",
                    RunningFleet.tinyRequest("caller")
                            .replaceFirst("\\{", "{\"callbackUrl\": \"" + receiver.url("/hook") + "\", ")));

            await().atMost(DEADLINE)
                    .until(() -> fleet.get("/jobs/" + id)
                            .at("/webhook/state")
                            .asText()
                            .equals("DELIVERED"));
            WebhookReceiver.Request request = receiver.requests("/hook").getFirst();
            Map<String, List<String>> headers = new HashMap<>();
            request.headers().forEach((name, value) -> headers.put(name, List.of(value)));
            new com.standardwebhooks.Webhook(secret).verify(request.body(), HttpHeaders.of(headers, (_, _) -> true));
            JsonNode body = json.readTree(request.body());
            assertThat(body.path("type").asText()).isEqualTo("job.completed");
            assertThat(body.at("/data/jobId").asText()).isEqualTo(id.toString());
        }
    }
}
