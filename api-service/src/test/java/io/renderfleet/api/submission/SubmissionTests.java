package io.renderfleet.api.submission;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.api.ApiFixture;
import io.renderfleet.api.ApiTest;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobStatus;
import io.renderfleet.job.JobStore;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

@ApiTest
class SubmissionTests {
    @Autowired
    MockMvcTester http;

    @Autowired
    ApiFixture fixture;

    @Autowired
    JobStore store;

    @Test
    void storesAndQueuesAJobBeforeItIsAcknowledged() {
        MvcTestResult answer = post(ApiFixture.request(""), null);

        assertThat(answer).hasStatus(202).hasHeader("Retry-After", "1").hasHeader("Cache-Control", "no-store");
        JobId id = idOf(answer);
        assertThat(answer)
                .hasHeader("Location", "/jobs/" + id)
                .doesNotContainHeader("Idempotent-Replayed")
                .bodyJson()
                .isStrictlyEqualTo("""
                        {"jobId": "%1$s", "status": "PENDING",
                         "links": {"self": "/jobs/%1$s", "result": "/jobs/%1$s/result"}}""".formatted(id));
        assertThat(store.find(id))
                .hasValueSatisfying(job -> assertThat(job.status()).isEqualTo(JobStatus.PENDING));
        assertThat(fixture.messagesOf(id)).isEqualTo(1);
    }

    @Test
    void answersARepeatAsTheFirstTime() {
        String key = "key-" + UUID.randomUUID();
        MvcTestResult first = post(ApiFixture.request(""), key);
        MvcTestResult again = post(ApiFixture.request(""), key);

        assertThat(again).hasStatus(202).hasHeader("Idempotent-Replayed", "true");
        assertThat(idOf(again)).isEqualTo(idOf(first));
    }

    private MvcTestResult post(String body, @org.jspecify.annotations.Nullable String key) {
        var request =
                http.post().uri("/jobs").contentType(MediaType.APPLICATION_JSON).content(body);
        if (key != null) {
            request.header("Idempotency-Key", key);
        }
        return request.exchange();
    }

    static JobId idOf(MvcTestResult answer) {
        String location = answer.getResponse().getHeader("Location");
        assertThat(location).startsWith("/jobs/");
        return JobId.of(String.valueOf(location).substring("/jobs/".length()));
    }
}
