package io.renderfleet.api.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.renderfleet.api.events.EventServer;
import io.renderfleet.job.Attempt;
import io.renderfleet.job.FileId;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobError;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobResult;
import io.renderfleet.job.JobStore;
import io.renderfleet.job.JobStore.ClaimOutcome;
import io.renderfleet.job.WebhookDeliveries;
import io.renderfleet.job.WorkerId;
import io.renderfleet.localaws.LocalAws;
import io.renderfleet.localaws.LocalAwsOptions;
import io.renderfleet.queue.CompletionQueue;
import io.renderfleet.queue.JobQueues;
import io.renderfleet.region.RegionId;
import io.renderfleet.testing.WebhookReceiver;
import io.renderfleet.testing.WebhookReceiver.Request;
import io.renderfleet.webhook.WebhookStore;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemResponse;

/** Webhooks as users see them, with the real API, its queue and an HTTP receiver on this machine. */
@Timeout(180)
class WebhookTests {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final RegionId EAST = new RegionId("us-east-1");
    private static final WorkerId WORKER = new WorkerId("worker-a");
    private static final AtomicInteger USERS = new AtomicInteger();
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final ObjectMapper JSON = new ObjectMapper();
    private static LocalAws aws;
    private static EventServer api;

    private final String user = "user-" + USERS.incrementAndGet();
    private WebhookReceiver receiver;

    @BeforeAll
    static void start() {
        aws = LocalAws.start(LocalAwsOptions.onFreePorts());
        aws.putSamples();
        api = EventServer.start(
                aws,
                "renderfleet.webhooks.allow-loopback=true",
                "renderfleet.webhooks.timeout=3s",
                "renderfleet.webhooks.retries=1s,1s",
                "renderfleet.api.master-queue.send-timeout=20s");
    }

    @AfterAll
    static void stop() {
        api.close();
        aws.close();
    }

    @BeforeEach
    void startReceiver() throws Exception {
        receiver = WebhookReceiver.start();
    }

    @AfterEach
    void stopReceiver() {
        receiver.close();
    }

    private static HttpResponse<String> call(String method, String path, @Nullable String body) throws Exception {
        return HTTP.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + api.port() + path))
                        .timeout(Duration.ofSeconds(30))
                        .header("Content-Type", "application/json")
                        .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    private JsonNode answer(String method, String path, @Nullable String body) throws Exception {
        HttpResponse<String> response = call(method, path + "?userId=" + user, body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return JSON.readTree(response.body());
    }

    /** Sets the webhook of this test's user; its secret. */
    private String secret(String body) throws Exception {
        return answer("PUT", "/webhook", body).path("secret").asText();
    }

    private String request(@Nullable String callbackUrl) {
        return """
                {"designId": "tiny-cube", "userId": "%s",
                 "camera": {"position": {"x": 2, "y": 1.6, "z": 2.6}, "target": {"x": 0, "y": 0, "z": 0}}%s}""".formatted(user, callbackUrl == null ? "" : ", \"callbackUrl\": \"" + callbackUrl + "\"");
    }

    private JobId submit(@Nullable String callbackUrl) throws Exception {
        HttpResponse<String> response = call("POST", "/jobs", request(callbackUrl));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(202);
        return JobId.of(JSON.readTree(response.body()).path("jobId").asText());
    }

    private static void cancel(JobId id) throws Exception {
        assertThat(call("POST", "/jobs/" + id + "/cancel", null).statusCode()).isEqualTo(202);
    }

    private static Job claimed(JobId id) {
        JobStore jobs = api.bean(JobStore.class);
        jobs.route(id, 0, EAST);
        return ((ClaimOutcome.Claimed) jobs.claim(id, 1, EAST, WORKER, Duration.ofMinutes(5))).job();
    }

    private static JsonNode webhook(JobId id) throws Exception {
        return JSON.readTree(call("GET", "/jobs/" + id, null).body()).path("webhook");
    }

    private static void awaitState(JobId id, String state) {
        await().atMost(LIMIT)
                .untilAsserted(
                        () -> assertThat(webhook(id).path("state").asText()).isEqualTo(state));
    }

    private static void verify(Request request, String secret) throws Exception {
        new com.standardwebhooks.Webhook(secret)
                .verify(
                        request.body(),
                        HttpHeaders.of(
                                request.headers().entrySet().stream()
                                        .collect(Collectors.toMap(
                                                Map.Entry::getKey, header -> List.of(header.getValue()))),
                                (_, _) -> true));
    }

    @Test
    void eachEndOfAJobIsReportedToItsCallbackUrlWithASignature() throws Exception {
        String secret = secret("{}");
        JobStore jobs = api.bean(JobStore.class);
        JobId completed = submit(receiver.url("/hook?token=abc"));
        JobId failed = submit(receiver.url("/hook?token=abc"));
        JobId cancelled = submit(receiver.url("/hook?token=abc"));
        assertThat(webhook(completed).path("state").asText()).isEqualTo("PENDING");

        jobs.complete(
                claimed(completed),
                new JobResult(FileId.random(), "json", 12, "application/json"),
                "{\"risk\": 1}",
                List.of());
        jobs.fail(claimed(failed), Attempt.Outcome.REJECTED, new JobError("broken", "It is broken."), List.of());
        cancel(cancelled);

        for (JobId id : List.of(completed, failed, cancelled)) {
            awaitState(id, "DELIVERED");
            assertThat(webhook(id).path("url").asText()).isEqualTo(receiver.url("/hook"));
            assertThat(webhook(id).path("attempts").asInt()).isEqualTo(1);
            assertThat(webhook(id).path("lastStatus").asInt()).isEqualTo(204);
        }
        List<Request> requests = receiver.requests("/hook");
        assertThat(requests).hasSize(3);
        ObjectNode bodies = JSON.createObjectNode();
        for (Request request : requests) {
            verify(request, secret);
            JsonNode body = JSON.readTree(request.body());
            bodies.set(body.path("type").asText(), body.path("data"));
            assertThat(request.id()).startsWith(body.path("data").path("jobId").asText());
        }
        assertThat(bodies.fieldNames())
                .toIterable()
                .containsExactlyInAnyOrder("job.completed", "job.failed", "job.cancelled");
        assertThat(bodies.path("job.completed").path("result").path("risk").asInt())
                .isEqualTo(1);
        assertThat(bodies.path("job.failed").path("error").path("code").asText())
                .isEqualTo("broken");
        assertThat(bodies.path("job.cancelled").path("jobId").asText()).isEqualTo(cancelled.toString());
        assertThat(bodies.path("job.cancelled").path("userId").asText()).isEqualTo(user);
    }

    @Test
    void theWebhookOfAUserGetsTheEventsOfItsJobsWithoutACallbackUrl() throws Exception {
        String secret = secret("{\"url\": \"" + receiver.url("/own") + "\"}");
        JobId usual = submit(null);
        JobId other = submit(receiver.url("/other"));
        cancel(usual);
        cancel(other);

        awaitState(usual, "DELIVERED");
        awaitState(other, "DELIVERED");
        assertThat(receiver.requests("/own")).singleElement().satisfies(request -> verify(request, secret));
        assertThat(receiver.requests("/other")).hasSize(1);
        assertThat(webhook(usual).has("url")).isFalse();
    }

    @Test
    void aJobOfAUserWithoutAWebhookHasNone() throws Exception {
        JobId id = submit(null);
        cancel(id);

        assertThat(webhook(id).isMissingNode()).isTrue();
        assertThat(api.bean(JobStore.class).find(id).orElseThrow().completion().isNone())
                .isTrue();
    }

    @Test
    void aFailedRequestIsRepeatedWithTheSameIdUntilItSucceeds() throws Exception {
        secret("{}");
        receiver.respond(500, 302);
        JobId id = submit(receiver.url("/hook"));
        cancel(id);

        awaitState(id, "DELIVERED");
        assertThat(webhook(id).path("attempts").asInt()).isEqualTo(3);
        assertThat(receiver.requests("/hook")).hasSize(3);
        assertThat(receiver.requests("/hook").stream().map(Request::id).collect(Collectors.toSet()))
                .hasSize(1);
        assertThat(receiver.requests("/redirected")).isEmpty();
    }

    @Test
    void aDeliveryIsGivenUpAfterTheLastRetryAndTheJobSaysWhy() throws Exception {
        secret("{}");
        receiver.respond(500, 503, 502, 500);
        JobId id = submit(receiver.url("/hook"));
        cancel(id);

        awaitState(id, "GIVEN_UP");
        assertThat(webhook(id).path("attempts").asInt()).isEqualTo(3);
        assertThat(webhook(id).path("lastStatus").asInt()).isEqualTo(502);
        assertThat(webhook(id).path("lastError").asText())
                .isEqualTo("the receiver responded with status 502; it must be 200 to 299");
        assertThat(webhook(id).has("nextAt")).isFalse();
        assertThat(receiver.requests("/hook")).hasSize(3);
    }

    @Test
    void aReceiverThatIsGoneGetsNoMoreRequests() throws Exception {
        secret("{}");
        receiver.respond(410);
        JobId id = submit(receiver.url("/hook"));
        cancel(id);

        awaitState(id, "GIVEN_UP");
        assertThat(webhook(id).path("attempts").asInt()).isEqualTo(1);
    }

    @Test
    void anInstanceThatDiesAfterTheRequestLeadsToAnotherOneWithTheSameId() throws Exception {
        String secret = secret("{}");
        WebhookLoop loop = api.bean(WebhookLoop.class);
        CompletionQueue queue = api.bean(JobQueues.class).completions("webhook");
        Deliveries dying = new Deliveries(
                api.bean(JobStore.class),
                api.bean(WebhookStore.class),
                new WebhookDeliveries(new DeadClient(), "local"),
                api.bean(WebhookSender.class),
                api.bean(DeliveryLimits.class),
                List.of(),
                new SimpleMeterRegistry(),
                Clock.systemUTC());
        JobId id;
        loop.stop();
        try {
            id = submit(receiver.url("/hook"));
            cancel(id);
            JobId job = id;
            WebhookMessage message = await().atMost(LIMIT).until(() -> receive(queue, job), Objects::nonNull);
            assertThatThrownBy(() -> dying.handle(message)).isInstanceOf(KilledError.class);
            assertThat(receiver.requests("/hook")).hasSize(1);
        } finally {
            loop.start();
        }

        awaitState(id, "DELIVERED");
        List<Request> requests = receiver.requests("/hook");
        assertThat(requests).hasSize(2);
        assertThat(requests.get(1).id()).isEqualTo(requests.get(0).id());
        for (Request request : requests) {
            verify(request, secret);
        }
    }

    /** The message of a job, which is then hidden for a while; null if it has not arrived. */
    private static @Nullable WebhookMessage receive(CompletionQueue queue, JobId job) {
        return queue.receive(Duration.ZERO, Duration.ofSeconds(3)).await().stream()
                .flatMap(received -> WebhookMessage.of(received.body(), Instant.now()).stream())
                .filter(message -> message.event().jobId().equals(job))
                .findFirst()
                .orElse(null);
    }

    /** The process is gone. */
    private static final class KilledError extends Error {
        private static final long serialVersionUID = 1;
    }

    /** DynamoDB as a process sees it that dies during its next write. */
    private static final class DeadClient implements DynamoDbClient {
        @Override
        public UpdateItemResponse updateItem(UpdateItemRequest request) {
            throw new KilledError();
        }

        @Override
        public String serviceName() {
            return "dynamodb";
        }

        @Override
        public void close() {}
    }

    @Test
    void slowReceiversOfOneUserDoNotDelayTheEventsOfOthers() throws Exception {
        secret("{}");
        for (int i = 0; i < 30; i++) {
            cancel(submit(receiver.url("/silent")));
        }
        await().atMost(LIMIT).until(() -> !receiver.requests("/silent").isEmpty());
        WebhookTests other = new WebhookTests();
        other.secret("{}");
        JobId id = other.submit(receiver.url("/quick"));
        cancel(id);

        awaitState(id, "DELIVERED");
        assertThat(receiver.requests("/silent").size()).isLessThan(30);
    }

    @Test
    void aSecretIsShownOnceAndSignsForADayAfterItsRotation() throws Exception {
        JsonNode made = answer("PUT", "/webhook", "{\"url\": \"" + receiver.url("/own?token=abc") + "\"}");
        assertThat(made.path("secret").asText()).startsWith("whsec_");
        JsonNode again = answer("PUT", "/webhook", "{\"url\": \"" + receiver.url("/own?token=abc") + "\"}");
        JsonNode seen = answer("GET", "/webhook", null);
        assertThat(again.has("secret")).isFalse();
        assertThat(seen.has("secret")).isFalse();
        assertThat(seen.path("url").asText()).isEqualTo(receiver.url("/own"));

        JsonNode rotated = answer("POST", "/webhook/secret", null);
        assertThat(rotated.path("secret").asText())
                .startsWith("whsec_")
                .isNotEqualTo(made.path("secret").asText());
        assertThat(rotated.has("previousSecretUntil")).isTrue();
        assertThat(answer("POST", "/webhook/test", "{}").path("delivered").asBoolean())
                .isTrue();

        Request ping = receiver.requests("/own").getFirst();
        assertThat(JSON.readTree(ping.body()).path("type").asText()).isEqualTo("ping");
        verify(ping, made.path("secret").asText());
        verify(ping, rotated.path("secret").asText());
    }

    @Test
    void aTestSaysWhatTheReceiverResponded() throws Exception {
        secret("{}");
        receiver.respond(404);
        JsonNode refused = answer("POST", "/webhook/test", "{\"url\": \"" + receiver.url("/hook") + "\"}");
        JsonNode silent = answer("POST", "/webhook/test", "{\"url\": \"" + receiver.url("/silent") + "\"}");

        assertThat(refused.path("delivered").asBoolean()).isFalse();
        assertThat(refused.path("status").asInt()).isEqualTo(404);
        assertThat(silent.has("status")).isFalse();
        assertThat(silent.path("error").asText()).isEqualTo("no complete response within 3000 ms");
        assertThat(silent.path("durationMillis").asLong()).isBetween(3000L, 30_000L);
    }

    @Test
    void aRemovedUrlGetsNothingMore() throws Exception {
        secret("{\"url\": \"" + receiver.url("/own") + "\"}");
        JobId before = submit(null);
        assertThat(call("DELETE", "/webhook?userId=" + user, null).statusCode()).isEqualTo(204);
        assertThat(answer("GET", "/webhook", null).has("url")).isFalse();
        JobId after = submit(null);
        cancel(before);
        cancel(after);

        assertThat(webhook(after).isMissingNode()).isTrue();
        // Another event passes through the queue after those of the jobs.
        JobId last = submit(receiver.url("/hook"));
        cancel(last);
        awaitState(last, "DELIVERED");
        assertThat(receiver.requests("/own")).isEmpty();
    }

    @Test
    void aCallbackUrlNeedsASecret() throws Exception {
        HttpResponse<String> refused = call("POST", "/jobs", request("https://example.com/hook"));

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("\"field\":\"callbackUrl\"", "PUT /webhook");
        assertThat(call("GET", "/webhook?userId=" + user, null).statusCode()).isEqualTo(404);
        assertThat(Set.of("/webhook/secret", "/webhook/test"))
                .allSatisfy(path -> assertThat(
                                call("POST", path + "?userId=" + user, "{}").body())
                        .contains("webhook-not-found"));
    }

    @Test
    void urlsThatLeadToThisNetworkAreRefused() throws Exception {
        for (String url : List.of(
                "https://169.254.169.254/latest/meta-data",
                "https://[fd00:ec2::254]/latest",
                "https://10.0.0.1/",
                "http://example.com/")) {
            HttpResponse<String> refused = call("POST", "/jobs", request(url));
            assertThat(refused.statusCode()).as(url).isEqualTo(400);
            assertThat(refused.body()).contains("\"field\":\"callbackUrl\"");
        }
    }
}
