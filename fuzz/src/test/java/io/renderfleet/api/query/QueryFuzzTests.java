package io.renderfleet.api.query;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.renderfleet.fuzz.TimeLimit;
import io.renderfleet.jobtype.JobTypes;
import io.renderfleet.problem.ProblemException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.method.HandlerMethod;

/** Checking the query of any URL ends without an error or with a {@link ProblemException} of the client. */
class QueryFuzzTests {
    private static final HandlerMethod HANDLER = handler();
    private static final JobTypes NO_TYPES = new JobTypes(List.of());

    @FuzzTest
    void query(byte[] query) {
        TimeLimit.check(() -> readQuery(query));
    }

    private static void readQuery(byte[] query) {
        MockHttpServletRequest request = new MockHttpServletRequest("GET", "/jobs");
        // Tomcat passes on any characters that it does not refuse.
        request.setQueryString(new String(query, StandardCharsets.ISO_8859_1));
        try {
            new QueryParameters(NO_TYPES).preHandle(request, new MockHttpServletResponse(), HANDLER);
        } catch (ProblemException e) {
            assertThat(e.type().status().is4xxClientError()).isTrue();
            e.errors()
                    .forEach(error ->
                            assertThat(Objects.requireNonNull(error.field())).hasSizeLessThan(10_000));
        }
    }

    private static HandlerMethod handler() {
        try {
            return new HandlerMethod(
                    new Operation(), Operation.class.getDeclaredMethod("list", String.class, String.class));
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(e);
        }
    }

    static final class Operation {
        void list(@RequestParam("userId") String userId, @RequestParam("limit") String limit) {}
    }
}
