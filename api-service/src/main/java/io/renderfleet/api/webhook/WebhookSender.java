package io.renderfleet.api.webhook;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.standardwebhooks.exceptions.EmptyWebhookSecretException;
import com.standardwebhooks.exceptions.WebhookSigningException;
import io.renderfleet.completion.CompletionEvent;
import io.renderfleet.job.JobError;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobStatus;
import io.renderfleet.job.JobTypeName;
import io.renderfleet.job.UserId;
import io.renderfleet.outbound.OutboundClient;
import io.renderfleet.outbound.OutboundException;
import io.renderfleet.webhook.Webhook;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.jspecify.annotations.Nullable;

/**
 * Sends signed requests as Standard Webhooks specifies
 * (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md).
 *
 * <p>Thread-safe.
 */
final class WebhookSender {
    /** The most that is read of a response, so that the connection can be used again after a short one. */
    private static final int MAX_RESPONSE_BYTES = 4 * 1024;

    private final OutboundClient client;
    private final Duration timeout;
    private final ObjectMapper json;
    private final Clock clock;

    WebhookSender(OutboundClient client, Duration timeout, ObjectMapper json, Clock clock) {
        this.client = client;
        this.timeout = timeout;
        this.json = json;
        this.clock = clock;
    }

    /**
     * What a receiver responded.
     *
     * @param status the HTTP status; null if there was no complete response
     * @param error why this is not a success, for the user; null if it is one
     * @param duration from the start of the request to the response
     */
    record Answer(@Nullable Integer status, @Nullable String error, Duration duration) {
        private static final int GONE = 410;

        boolean isSuccess() {
            return error == null;
        }

        /** Whether the receiver wants no more requests, as Standard Webhooks defines it. */
        boolean isGone() {
            return status != null && status == GONE;
        }
    }

    /** The body of each request. */
    private record Body(String type, Instant timestamp, Object data) {}

    /** The data of an event of a job. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record JobData(
            JobId jobId,
            UserId userId,
            JobTypeName type,
            JobStatus status,
            Instant createdAt,
            Instant finishedAt,
            int attempts,
            Map<String, String> source,
            @Nullable JsonNode result,
            @Nullable JobError error) {}

    /** Sends the event of a job that has ended. */
    Answer send(String url, Webhook webhook, CompletionEvent event) {
        return post(
                url,
                webhook,
                event.eventId(),
                new Body(
                        "job." + event.status().name().toLowerCase(Locale.ROOT),
                        event.finishedAt(),
                        new JobData(
                                event.jobId(),
                                event.userId(),
                                event.type(),
                                event.status(),
                                event.createdAt(),
                                event.finishedAt(),
                                event.attempts(),
                                event.source(),
                                event.result(),
                                event.error())));
    }

    /** Sends an event without meaning, to try a receiver. */
    Answer ping(String url, Webhook webhook, String id) {
        return post(url, webhook, id, new Body("ping", clock.instant(), Map.of()));
    }

    private Answer post(String url, Webhook webhook, String id, Body content) {
        Instant now = clock.instant();
        String body = text(content);
        long timestamp = now.getEpochSecond();
        HttpPost request = new HttpPost(URI.create(url));
        request.setHeader("webhook-id", id);
        request.setHeader("webhook-timestamp", Long.toString(timestamp));
        request.setHeader(
                "webhook-signature",
                webhook.secrets(now).stream()
                        .map(secret -> signature(secret, id, timestamp, body))
                        .collect(Collectors.joining(" ")));
        request.setEntity(new ByteArrayEntity(body.getBytes(StandardCharsets.UTF_8), ContentType.APPLICATION_JSON));
        long start = System.nanoTime();
        try {
            int status = client.send(
                    request, timeout, (OutboundClient.Reader<Integer, OutboundException>) WebhookSender::status);
            return new Answer(status, problem(status), since(start));
        } catch (OutboundException e) {
            return new Answer(null, e.getMessage(), since(start));
        }
    }

    private static Duration since(long start) {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private static int status(ClassicHttpResponse response) throws java.io.IOException {
        if (response.getEntity() != null) {
            try (InputStream content = response.getEntity().getContent()) {
                var _ = content.readNBytes(MAX_RESPONSE_BYTES);
            }
        }
        return response.getCode();
    }

    private static @Nullable String problem(int status) {
        return switch (status / 100) {
            case 2 -> null;
            case 3 -> "the receiver redirects, which is not followed; use the URL that it redirects to";
            default -> "the receiver responded with status " + status + "; it must be 200 to 299";
        };
    }

    private static String signature(String secret, String id, long timestamp, String body) {
        try {
            return new com.standardwebhooks.Webhook(secret).sign(id, timestamp, body);
        } catch (WebhookSigningException | EmptyWebhookSecretException e) {
            throw new IllegalStateException("A request can be signed.", e);
        }
    }

    private String text(Body body) {
        try {
            return json.writeValueAsString(body);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("An event can be written as JSON.", e);
        }
    }
}
