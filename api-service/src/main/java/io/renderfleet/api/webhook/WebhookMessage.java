package io.renderfleet.api.webhook;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.renderfleet.completion.CompletionEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A message of the queue of webhooks: a completion event as the service that ended the job sent it, or with what the
 * instances of this service have tried so far.
 *
 * @param event the event
 * @param attempts the number of requests that were sent, or tried
 * @param deferrals how often the delivery was deferred since the last attempt, without a request
 * @param since when the event was first received
 * @param due when the next request may be sent
 */
record WebhookMessage(CompletionEvent event, int attempts, int deferrals, Instant since, Instant due) {
    private static final Duration FIRST_DEFERRAL = Duration.ofSeconds(5);
    private static final int MAX_DOUBLINGS = 8;

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /** The JSON form, in which the event is a text. */
    private record Form(String event, int attempts, int deferrals, Instant since, Instant due) {}

    /** Reads a message; empty if this version does not understand it. */
    static Optional<WebhookMessage> of(String body, Instant now) {
        Optional<CompletionEvent> first = CompletionEvent.of(body);
        if (first.isPresent()) {
            return first.map(event -> new WebhookMessage(event, 0, 0, now, now));
        }
        try {
            Form form = MAPPER.readValue(body, Form.class);
            return CompletionEvent.of(form.event())
                    .map(event ->
                            new WebhookMessage(event, form.attempts(), form.deferrals(), form.since(), form.due()));
        } catch (JsonProcessingException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    String toJson() {
        try {
            return MAPPER.writeValueAsString(new Form(event.toJson(), attempts, deferrals, since, due));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A message can be written as JSON.", e);
        }
    }

    /** The message after one more request that failed. */
    WebhookMessage retried(Instant at) {
        return new WebhookMessage(event, attempts + 1, 0, since, at);
    }

    /** The message after a time in which no request could be sent: 5 s, and twice as long each further time. */
    WebhookMessage deferred(Instant now) {
        return new WebhookMessage(
                event,
                attempts,
                deferrals + 1,
                since,
                now.plus(FIRST_DEFERRAL.multipliedBy(1L << Math.min(deferrals, MAX_DOUBLINGS))));
    }
}
