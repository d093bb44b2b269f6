package io.renderfleet.jobtype.inference.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.jobtype.inference.InferenceAnswer.Usage;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Responses as OpenAI, Model Studio (DashScope) and vLLM send them. */
class ReplyReaderTests {
    private static final Duration LATENCY = Duration.ofMillis(400);

    @Test
    void readsAnAnswer() {
        assertThat(read(Provider.Kind.OPENAI, 200, """
                {"id": "1", "model": "gpt-5-mini", "usage": {"prompt_tokens": 12, "completion_tokens": 3},
                 "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "Low."}}]}"""))
                .isEqualTo(new ModelReply.Answered("Low.", "gpt-5-mini", new Usage(12, 3), LATENCY, false));
    }

    @Test
    void anAnswerWithoutUsageAndModelIsAnAnswer() {
        assertThat(read(
                        Provider.Kind.OPENAI,
                        200,
                        "{\"choices\": [{\"finish_reason\": \"length\", \"message\": {\"content\": \"Lo\"}}]}"))
                .isEqualTo(new ModelReply.Answered("Lo", "unknown", Usage.NONE, LATENCY, true));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "OPENAI | 429 | {'error': {'code': 'rate_limit_exceeded', 'type': 'tokens'}} | RateLimited",
                "OPENAI | 429 | | RateLimited",
                "OPENAI | 429 | {'error': {'code': 'slow_down', 'type': 'rate_limit_error'}} | RateLimited",
                "OPENAI | 429 | {'error': {'type': 'insufficient_quota', 'code': 'project_spend_limit_exceeded'}} | QuotaExhausted",
                "OPENAI | 429 | {'error': {'type': 'insufficient_quota', 'code': 'insufficient_quota'}} | QuotaExhausted",
                "OPENAI | 429 | {'error': {'message': 'Request too large for gpt-5 on tokens per min'}} | Refused",
                "DASHSCOPE | 429 | {'error': {'type': 'insufficient_quota', 'code': 'insufficient_quota'}} | RateLimited",
                "DASHSCOPE | 429 | {'error': {'code': 'limit_burst_rate', 'type': 'limit_burst_rate'}} | RateLimited",
                "DASHSCOPE | 400 | {'error': {'code': 'Arrearage', 'type': 'Arrearage'}} | QuotaExhausted",
                "DASHSCOPE | 400 | {'error': {'code': 'data_inspection_failed'}} | Refused",
                "OPENAI | 402 | | QuotaExhausted",
                "OPENAI | 401 | {'error': {'code': 'invalid_api_key'}} | Unauthorized",
                "OPENAI | 401 | {'error': 'Unauthorized'} | Unauthorized",
                "OPENAI | 403 | | Unauthorized",
                "OPENAI | 400 | {'error': {'code': 400}} | Refused",
                "OPENAI | 404 | | Refused",
                "OPENAI | 413 | | Refused",
                "OPENAI | 422 | | Refused",
                "OPENAI | 500 | | Failed",
                "OPENAI | 503 | <html>busy</html> | Failed",
                "OPENAI | 301 | | Failed",
                "OPENAI | 200 | not JSON | Failed",
                "OPENAI | 200 | {} | Failed",
                "OPENAI | 200 | {'choices': [{'finish_reason': 'content_filter', 'message': {'content': null}}]} | Refused"
            })
    void classifiesResponses(Provider.Kind kind, int status, String body, String reply) {
        String json = body == null ? "" : body.replace('\'', '"');
        assertThat(read(kind, status, json).getClass().getSimpleName()).isEqualTo(reply);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "retry-after | 7 | PT7S",
                "retry-after | 0.5 | PT0.5S",
                "retry-after-ms | 250 | PT0.25S",
                "retry-after | 9999999 | PT24H",
                "retry-after | -3 | ",
                "retry-after | soon | ",
                "retry-after | Wed, 21 Oct 2026 07:28:00 GMT | ",
                "other | 3 | "
            })
    void readsHowLongToWait(String header, String value, Duration wait) {
        HttpHeaders headers = HttpHeaders.of(Map.of(header, List.of(value)), (_, _) -> true);
        assertThat(ReplyReader.read(Provider.Kind.OPENAI, 429, headers, new byte[0], LATENCY))
                .isEqualTo(new ModelReply.RateLimited(wait, false));
    }

    @Test
    void noticesThatTheRateRoseTooFast() {
        assertThat(read(
                        Provider.Kind.DASHSCOPE,
                        429,
                        "{\"error\": {\"message\": \"Request rate increased too quickly.\"}}"))
                .isEqualTo(new ModelReply.RateLimited(null, true));
    }

    @Test
    void doesNotRepeatTheTextOfAProviderWhichMayContainAKey() {
        String body = "{\"error\": {\"message\": \"Incorrect API key provided: sk-canary-1\", \"code\": \"x\"}}";
        for (int status : List.of(400, 401, 404, 429, 500)) {
            assertThat(read(Provider.Kind.OPENAI, status, body).toString()).doesNotContain("canary");
        }
    }

    private static ModelReply read(Provider.Kind kind, int status, String body) {
        return ReplyReader.read(
                kind, status, HttpHeaders.of(Map.of(), (_, _) -> true), body.getBytes(StandardCharsets.UTF_8), LATENCY);
    }
}
