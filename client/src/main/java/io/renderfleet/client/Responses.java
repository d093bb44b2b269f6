package io.renderfleet.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads responses of the API and translates unexpected ones to exceptions. */
final class Responses {
    private Responses() {}

    /** Returns the response if it has one of the expected statuses; throws a {@link ProblemException} otherwise. */
    static HttpResponse<String> checked(HttpResponse<String> answer, int... expected) {
        if (Arrays.stream(expected).anyMatch(status -> status == answer.statusCode())) {
            return answer;
        }
        throw new ProblemException(describe(answer), problem(answer.statusCode(), answer.body()), retryAfter(answer));
    }

    /** The problem of a response; only its status if it has no problem details, as from a load balancer. */
    static Problem problem(int status, String text) {
        try {
            JsonNode body = Json.MAPPER.readTree(text);
            if (body instanceof ObjectNode details) {
                details.put("status", status);
                return Json.MAPPER.treeToValue(details, Problem.class);
            }
        } catch (JsonProcessingException e) {
            // The body is not JSON, so there are no problem details.
        }
        return new Problem(Problem.BLANK, null, status, null, List.of(), null);
    }

    /** The value of {@code Retry-After}; null without it. */
    static @Nullable Duration retryAfter(HttpResponse<?> answer) {
        // The API sends seconds. A proxy may send a date, which is ignored; the pause of the retry policy applies then.
        return answer.headers()
                .firstValue("Retry-After")
                .filter(value -> value.matches("[0-9]{1,9}"))
                .map(value -> Duration.ofSeconds(Long.parseLong(value)))
                .orElse(null);
    }

    /** Reads the body of a response; throws a {@link NoAnswerException} when it is not a response of the API. */
    static <T> T read(HttpResponse<String> answer, Class<T> type) {
        try {
            T value = Json.MAPPER.readValue(answer.body(), type);
            if (value == null) {
                throw unreadable(answer, null);
            }
            return value;
        } catch (JsonProcessingException e) {
            throw unreadable(answer, e);
        }
    }

    static NoAnswerException unreadable(HttpResponse<?> answer, @Nullable Exception cause) {
        String text = describe(answer) + " returned status " + answer.statusCode()
                + " and a body that is not a response of this API. Check the address.";
        return cause == null ? new NoAnswerException(text) : new NoAnswerException(text, cause);
    }

    static String describe(HttpResponse<?> answer) {
        return answer.request().method() + " " + answer.uri();
    }
}
