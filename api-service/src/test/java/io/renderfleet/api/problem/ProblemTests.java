package io.renderfleet.api.problem;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.tracing.TraceContext;
import io.micrometer.tracing.Tracer;
import io.renderfleet.api.ApiFixture;
import io.renderfleet.api.ApiTest;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import software.amazon.awssdk.core.exception.SdkClientException;

@ApiTest
@Import(ProblemTests.FailingEndpoints.class)
class ProblemTests {
    private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    @Autowired
    MockMvcTester http;

    @Test
    void namesAPathThatIsNotThere() {
        MvcTestResult answer = http.get().uri("/nothing/here").exchange();

        assertProblem(answer, 404, "not-found");
        assertThat(answer)
                .bodyJson()
                .extractingPath("$.detail")
                .asString()
                .contains("/nothing/here")
                .contains("/v3/api-docs");
    }

    @Test
    void namesTheMethodsOfAPath() {
        MvcTestResult answer = http.delete().uri("/jobs").exchange();

        assertProblem(answer, 405, "method-not-allowed");
        assertThat(answer).hasHeader("Allow", "GET,HEAD,POST");
        assertThat(answer)
                .bodyJson()
                .extractingPath("$.detail")
                .isEqualTo("DELETE is not supported at this path; use one of GET, HEAD, POST.");
    }

    @Test
    void takesOnlyJson() {
        assertProblem(
                http.post()
                        .uri("/jobs")
                        .contentType(MediaType.TEXT_PLAIN)
                        .content("{}")
                        .exchange(),
                415,
                "unsupported-media-type");
        assertProblem(http.post().uri("/jobs").content("{}").exchange(), 415, "unsupported-media-type");
    }

    @Test
    void refusesAnUnacceptableFormBeforeTheJobIsAccepted() {
        MvcTestResult answer = http.post()
                .uri("/jobs")
                .contentType(MediaType.APPLICATION_JSON)
                .accept(MediaType.APPLICATION_XML)
                .content(ApiFixture.request(""))
                .exchange();

        assertProblem(answer, 406, "not-acceptable");
        assertThat(answer).bodyJson().extractingPath("$.detail").asString().contains("application/json");
    }

    @Test
    void keepsTheTextOfAnUnexpectedFailureToItself() {
        MvcTestResult answer =
                http.get().uri("/test/failure").header("traceparent", TRACE).exchange();

        assertProblem(answer, 500, "internal-error");
        assertThat(answer).bodyText().doesNotContain("secret");
        assertThat(answer).bodyJson().extractingPath("$.traceId").isEqualTo("0af7651916cd43dd8448eb211c80319c");
    }

    @Test
    void asksToComeBackWhenAwsIsAway() {
        MvcTestResult answer = http.get().uri("/test/aws").exchange();

        assertProblem(answer, 503, "storage-unavailable");
        assertThat(answer).hasHeader("Retry-After", "2").bodyText().doesNotContain("secret");
    }

    @Test
    void echoesTheCallersTraceWithoutSamplingIt() {
        assertThat(http.get().uri("/designs").header("traceparent", TRACE).exchange())
                .hasHeader("traceparent", TRACE.substring(0, TRACE.length() - 2) + "00");
    }

    @Test
    void noCallerDecidesWhatIsTraced() {
        assertThat(http.get().uri("/test/trace").header("traceparent", TRACE).exchange())
                .bodyText()
                .isEqualTo("0af7651916cd43dd8448eb211c80319c false");
        assertThat(http.get()
                        .uri("/test/trace")
                        .header("b3", "0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1")
                        .header("X-B3-Sampled", "1")
                        .exchange())
                .bodyText()
                .doesNotContain("0af7651916cd43dd8448eb211c80319c")
                .endsWith(" false");
    }

    @Test
    void startsATraceWhereTheCallersIsNone() {
        MvcTestResult answer = http.get()
                .uri("/designs")
                .header("traceparent", "00-00000000000000000000000000000000-0000000000000000-01")
                .exchange();

        assertThat(answer.getResponse().getHeader("traceparent"))
                .matches("00-[0-9a-f]{32}-[0-9a-f]{16}-00")
                .doesNotContain("00000000000000000000000000000000");
    }

    private static void assertProblem(MvcTestResult answer, int status, String code) {
        assertThat(answer).hasStatus(status).hasContentType(MediaType.APPLICATION_PROBLEM_JSON);
        assertThat(answer).bodyJson().extractingPath("$.type").isEqualTo("urn:renderfleet:problem:" + code);
        assertThat(answer).bodyJson().extractingPath("$.status").isEqualTo(status);
        assertThat(answer).bodyJson().extractingPath("$.title").asString().isNotBlank();
        assertThat(answer).bodyJson().extractingPath("$.detail").asString().isNotBlank();
        assertThat(answer).bodyJson().extractingPath("$.instance").asString().startsWith("/");
    }

    /** Endpoints that fail. */
    @TestConfiguration(proxyBeanMethods = false)
    static class FailingEndpoints {
        @Bean
        Failing failing() {
            return new Failing();
        }

        @Bean
        Traced traced(Tracer tracer) {
            return new Traced(tracer);
        }
    }

    /** Fails as code does that nobody foresaw. */
    @RestController
    static class Failing {
        @GetMapping("/test/failure")
        void fail() {
            throw new IllegalStateException("a secret");
        }

        @GetMapping("/test/aws")
        void failAtAws() {
            throw SdkClientException.create("a secret");
        }
    }

    /** Answers with the trace of the request. */
    @RestController
    static class Traced {
        private final Tracer tracer;

        Traced(Tracer tracer) {
            this.tracer = tracer;
        }

        @GetMapping("/test/trace")
        String trace() {
            TraceContext trace = Objects.requireNonNull(tracer.currentSpan()).context();
            return trace.traceId() + " " + trace.sampled();
        }
    }
}
