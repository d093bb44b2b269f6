package io.renderfleet.jobtype.inference.model;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.renderfleet.jobtype.inference.InferenceAnswer.TaskError;
import io.renderfleet.jobtype.inference.InferenceAnswer.Usage;
import java.io.IOException;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the response of a provider. Texts of the provider are not passed on to users or logs, because they may repeat
 * parts of a key.
 */
final class ReplyReader {
    private static final int MAX_DEPTH = 64;
    private static final Duration LONGEST_RETRY_AFTER = Duration.ofHours(24);

    /**
     * What OpenAI and those that imitate it report as {@code type} or {@code code} when no money or quota is left
     * (https://platform.openai.com/docs/guides/error-codes).
     */
    private static final Set<String> EXHAUSTED = Set.of(
            "insufficient_quota",
            "credit_balance_exhausted",
            "organization_spend_limit_exceeded",
            "project_spend_limit_exceeded",
            "organization_usage_limit_exceeded",
            "billing_hard_limit_reached");

    /** Content that OpenAI, Azure and Model Studio refuse. */
    private static final Set<String> FILTERED =
            Set.of("content_filter", "content_policy_violation", "data_inspection_failed", "datainspectionfailed");

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .build())
                    .build())
            .build();

    private ReplyReader() {}

    static ModelReply read(Provider.Kind kind, int status, HttpHeaders headers, byte[] body, Duration latency) {
        JsonNode json = json(body);
        if (status == 200) {
            return json == null ? new ModelReply.Failed("the response is not JSON") : answer(json, latency);
        }
        JsonNode error = json == null ? null : json.path("error");
        String code = word(error, "code");
        String type = word(error, "type");
        return switch (status) {
            case 402 -> new ModelReply.QuotaExhausted();
            case 429 -> tooMany(kind, headers, error, code, type);
            case 401, 403 -> isArrears(code, type) ? new ModelReply.QuotaExhausted() : new ModelReply.Unauthorized();
            case 400, 404, 413, 415, 422 ->
                isArrears(code, type) ? new ModelReply.QuotaExhausted() : refused(status, code, type);
            default -> new ModelReply.Failed("status " + status);
        };
    }

    private static ModelReply tooMany(
            Provider.Kind kind, HttpHeaders headers, @Nullable JsonNode error, String code, String type) {
        if (isExhausted(kind, code, type)) {
            return new ModelReply.QuotaExhausted();
        }
        // OpenAI's only 429 that no wait helps: the call alone has more tokens than the limit of a minute.
        if (message(error).startsWith("request too large")) {
            return new ModelReply.Refused(new TaskError(
                    "too-large",
                    "The task has more tokens than the provider allows in a minute. Send less in one task."));
        }
        return new ModelReply.RateLimited(retryAfter(headers), isTooQuick(code, error));
    }

    private static ModelReply answer(JsonNode json, Duration latency) {
        JsonNode choice = json.path("choices").path(0);
        JsonNode content = choice.path("message").path("content");
        String finish = choice.path("finish_reason").asText();
        if (finish.equals("content_filter")) {
            return filtered();
        }
        if (!content.isTextual()) {
            return new ModelReply.Failed("the response has no answer");
        }
        JsonNode usage = json.path("usage");
        return new ModelReply.Answered(
                content.asText(),
                json.path("model").asText("unknown"),
                new Usage(
                        Math.max(0, usage.path("prompt_tokens").asLong()),
                        Math.max(0, usage.path("completion_tokens").asLong())),
                latency,
                finish.equals("length"));
    }

    private static ModelReply refused(int status, String code, String type) {
        if (FILTERED.contains(code) || FILTERED.contains(type)) {
            return filtered();
        }
        return new ModelReply.Refused(
                switch (status) {
                    case 404 ->
                        new TaskError(
                                "model-not-found",
                                "The provider does not know the model. Ask the operator to check its name in the settings.");
                    case 413 ->
                        new TaskError(
                                "too-large", "The provider refused the task as too large. Send less in one task.");
                    default ->
                        new TaskError(
                                "refused",
                                "The provider refused the task as invalid (status " + status
                                        + "). Check the messages, images, schema and numbers of the task.");
                });
    }

    private static ModelReply filtered() {
        return new ModelReply.Refused(new TaskError(
                "content-filter", "The provider's content filter refused the task or its answer. Change the task."));
    }

    /** In Model Studio, this code is a limit of tokens a minute. */
    private static boolean isExhausted(Provider.Kind kind, String code, String type) {
        return kind == Provider.Kind.OPENAI
                ? EXHAUSTED.contains(code) || EXHAUSTED.contains(type)
                : isArrears(code, type);
    }

    /** Model Studio: an unpaid bill, or the free quota is used up. */
    private static boolean isArrears(String code, String type) {
        return code.startsWith("arrearage")
                || type.startsWith("arrearage")
                || code.equals("allocationquota.freetieronly")
                || type.equals("allocationquota.freetieronly");
    }

    /** OpenAI: slow_down; Model Studio: Throttling.BurstRate, limit_burst_rate. */
    private static boolean isTooQuick(String code, @Nullable JsonNode error) {
        return code.equals("slow_down")
                || code.contains("burst")
                || message(error).contains("increased too quickly");
    }

    private static @Nullable Duration retryAfter(HttpHeaders headers) {
        try {
            return headers.firstValue("retry-after-ms")
                    .map(value -> Duration.ofMillis((long) Double.parseDouble(value)))
                    .or(() -> headers.firstValue("retry-after")
                            .map(value -> Duration.ofMillis((long) (1000 * Double.parseDouble(value)))))
                    .filter(wait -> !wait.isNegative())
                    .map(wait -> wait.compareTo(LONGEST_RETRY_AFTER) > 0 ? LONGEST_RETRY_AFTER : wait)
                    .orElse(null);
        } catch (NumberFormatException e) {
            // A date, which no known provider sends, is as good as none: the cool-down grows by itself.
            return null;
        }
    }

    private static String message(@Nullable JsonNode error) {
        return word(error, "message");
    }

    private static String word(@Nullable JsonNode error, String field) {
        return error == null ? "" : error.path(field).asText().toLowerCase(Locale.ROOT);
    }

    private static @Nullable JsonNode json(byte[] body) {
        try {
            return MAPPER.readTree(body);
        } catch (IOException e) {
            return null;
        }
    }
}
