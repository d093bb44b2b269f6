package io.renderfleet.fakellm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The error responses of the providers. All have the shape {@code {"error": {message, type, param, code}}}, but the
 * types, the codes and sometimes the statuses differ. Sources:
 *
 * <ul>
 *   <li>OpenAI: https://platform.openai.com/docs/guides/error-codes and
 *       https://help.openai.com/en/articles/5955604; the bodies as quoted in public bug reports, such as
 *       https://github.com/mattvr/ShellGPT/issues/23 for {@code insufficient_quota}
 *   <li>DashScope: https://www.alibabacloud.com/help/en/model-studio/error-code, whose titles name the status, the code
 *       of DashScope and the code of the compatible mode, such as "429-Throttling.BurstRate/limit_burst_rate"
 *   <li>vLLM: {@code ErrorInfo} in vllm/entrypoints/openai/protocol.py of vllm-project/vllm, where {@code code} is the
 *       HTTP status as a number; a wrong key gets {@code {"error": "Unauthorized"}} from its
 *       {@code AuthenticationMiddleware}. vLLM has no quotas: those errors are what a gateway in front of it would send.
 * </ul>
 */
final class ProviderErrors {
    private static final int BAD_REQUEST = 400;
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int TOO_LARGE = 413;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int SERVER_ERROR = 500;
    private static final int UNAVAILABLE = 503;
    private static final String INVALID_REQUEST = "invalid_request_error";

    private final Provider provider;

    ProviderErrors(Provider provider) {
        this.provider = provider;
    }

    /** The request is wrong. The message says what to change. */
    ApiError invalidRequest(String message, @Nullable String param) {
        return error(BAD_REQUEST, message, INVALID_REQUEST, "BadRequestError", param, null);
    }

    ApiError tooLarge(int maxBody) {
        return error(
                TOO_LARGE,
                "The request body has more than " + maxBody + " bytes. Send fewer or smaller images.",
                INVALID_REQUEST,
                "RequestEntityTooLarge",
                null,
                "request_too_large");
    }

    ApiError unauthorized(String secret) {
        if (provider == Provider.VLLM) {
            return new ApiError(
                    UNAUTHORIZED, JsonNodeFactory.instance.objectNode().put("error", "Unauthorized"), Optional.empty());
        }
        String message = provider == Provider.DASHSCOPE
                ? "Incorrect API key provided."
                : "Incorrect API key provided: " + Key.masked(secret)
                        + ". You can find your API key at https://platform.openai.com/account/api-keys.";
        return error(UNAUTHORIZED, message, INVALID_REQUEST, "", null, "invalid_api_key");
    }

    ApiError forbidden() {
        return switch (provider) {
            case DASHSCOPE -> error(FORBIDDEN, "Access denied.", "access_denied", "", null, "access_denied");
            case OPENAI, VLLM ->
                error(
                        FORBIDDEN,
                        "Country, region, or territory not supported",
                        "request_forbidden",
                        "PermissionDeniedError",
                        null,
                        "unsupported_country_region_territory");
        };
    }

    /** A limit is reached. DashScope does not say how much was used. */
    ApiError limitReached(Domain.Refusal refusal, String domain, String model, boolean withRetryAfter) {
        boolean fitsLater = refusal.retryIn().isPositive();
        Optional<Duration> retryAfter =
                withRetryAfter && fitsLater ? Optional.of(wholeSeconds(refusal.retryIn())) : Optional.empty();
        if (provider == Provider.DASHSCOPE) {
            return refusal.limit() == Limit.TPM ? allocationExceeded(retryAfter) : requestsExceeded(retryAfter);
        }
        String numbers = "in organization " + domain + " on "
                + refusal.limit().description() + ": Limit " + refusal.allowed()
                + (fitsLater ? ", Used " + refusal.used() : "") + ", Requested " + refusal.requested() + ". ";
        String message = fitsLater
                ? "Rate limit reached for " + model + " " + numbers + "Please try again in "
                        + wholeSeconds(refusal.retryIn()).toSeconds() + "s."
                : "Request too large for " + model + " " + numbers
                        + "The input or output tokens must be reduced in order to run successfully.";
        return rateLimit(message, refusal.limit() == Limit.TPM ? "tokens" : "requests", retryAfter);
    }

    /** A limit of requests, as a {@link Behaviour}. */
    ApiError rateLimited(String domain, String model, Optional<Duration> retryAfter) {
        if (provider == Provider.DASHSCOPE) {
            return requestsExceeded(retryAfter);
        }
        return rateLimit(
                "Rate limit reached for " + model + " in organization " + domain + " on " + Limit.RPM.description()
                        + ". Please try again later.",
                "requests",
                retryAfter);
    }

    /** The number of requests increased too quickly, although no limit is reached. */
    ApiError burst(Optional<Duration> retryAfter) {
        if (provider == Provider.DASHSCOPE) {
            return error(
                    TOO_MANY_REQUESTS,
                    "Request rate increased too quickly. To ensure system stability, please adjust your client logic to"
                            + " scale requests more smoothly over time.",
                    "limit_burst_rate",
                    "",
                    null,
                    "limit_burst_rate",
                    retryAfter);
        }
        return error(
                TOO_MANY_REQUESTS,
                "Slow down: the number of your requests increased too quickly.",
                "rate_limit_error",
                "RateLimitError",
                null,
                "slow_down",
                retryAfter);
    }

    /** The account has no credit. */
    ApiError quotaExhausted(Optional<Integer> status, Optional<Duration> retryAfter) {
        if (provider == Provider.DASHSCOPE) {
            return error(
                    status.orElse(BAD_REQUEST),
                    "Access denied, please make sure your account is in good standing.",
                    "Arrearage",
                    "",
                    null,
                    "Arrearage",
                    retryAfter);
        }
        return error(
                status.orElse(provider == Provider.VLLM ? 402 : TOO_MANY_REQUESTS),
                "You exceeded your current quota, please check your plan and billing details.",
                "insufficient_quota",
                "insufficient_quota",
                null,
                "insufficient_quota",
                retryAfter);
    }

    ApiError serverError(int status, Optional<Duration> retryAfter) {
        boolean overloaded = status == UNAVAILABLE;
        return switch (provider) {
            case DASHSCOPE -> {
                String code = overloaded ? "ModelServingError" : "internal_error";
                String message = overloaded
                        ? "Too many requests. Your requests are being throttled due to system capacity limits. Please"
                                + " try again later."
                        : "An internal error has occured, please try again later or contact service support.";
                yield error(status, message, code, "", null, code, retryAfter);
            }
            case OPENAI, VLLM ->
                error(
                        status,
                        overloaded
                                ? "The engine is currently overloaded, please try again later."
                                : "The server had an error while processing your request.",
                        overloaded ? "service_unavailable_error" : "server_error",
                        overloaded ? "ServiceUnavailableError" : "InternalServerError",
                        null,
                        overloaded ? "server_is_overloaded" : null,
                        retryAfter);
        };
    }

    /** The content filter's error; empty if the provider answers with 200 and {@code finish_reason} instead. */
    Optional<ApiError> contentFilter() {
        return provider == Provider.DASHSCOPE
                ? Optional.of(error(
                        BAD_REQUEST,
                        "Input data may contain inappropriate content.",
                        "data_inspection_failed",
                        "",
                        null,
                        "data_inspection_failed"))
                : Optional.empty();
    }

    /** An error of this server itself, such as an unknown path. */
    ApiError other(int status, String message) {
        String type = status >= SERVER_ERROR ? "server_error" : INVALID_REQUEST;
        return error(status, message, type, type, null, null);
    }

    private ApiError requestsExceeded(Optional<Duration> retryAfter) {
        return error(
                TOO_MANY_REQUESTS,
                "Requests rate limit exceeded, please try again later.",
                "limit_requests",
                "",
                null,
                "limit_requests",
                retryAfter);
    }

    private ApiError allocationExceeded(Optional<Duration> retryAfter) {
        return error(
                TOO_MANY_REQUESTS,
                "Allocated quota exceeded, please increase your quota limit.",
                "insufficient_quota",
                "",
                null,
                "insufficient_quota",
                retryAfter);
    }

    private ApiError rateLimit(String message, String type, Optional<Duration> retryAfter) {
        return error(TOO_MANY_REQUESTS, message, type, "RateLimitError", null, "rate_limit_exceeded", retryAfter);
    }

    private static Duration wholeSeconds(Duration wait) {
        return Duration.ofSeconds(Math.max(1, wait.plusNanos(999_999_999).toSeconds()));
    }

    private ApiError error(
            int status, String message, String type, String vllmType, @Nullable String param, @Nullable String code) {
        return error(status, message, type, vllmType, param, code, Optional.empty());
    }

    private ApiError error(
            int status,
            String message,
            String type,
            String vllmType,
            @Nullable String param,
            @Nullable String code,
            Optional<Duration> retryAfter) {
        boolean vllm = provider == Provider.VLLM;
        JsonNode codeNode = vllm ? IntNode.valueOf(status) : text(code);
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.putObject("error")
                .put("message", message)
                .put("type", vllm ? vllmType : type)
                .<ObjectNode>set("param", text(param))
                .set("code", codeNode);
        return new ApiError(status, body, retryAfter);
    }

    private static JsonNode text(@Nullable String value) {
        return value == null ? NullNode.getInstance() : TextNode.valueOf(value);
    }
}
