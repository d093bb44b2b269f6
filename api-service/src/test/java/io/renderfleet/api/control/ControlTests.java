package io.renderfleet.api.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.renderfleet.api.ApiFixture;
import io.renderfleet.api.ApiTest;
import io.renderfleet.api.ApiTest.OnLocalAws;
import io.renderfleet.job.Attempt;
import io.renderfleet.job.FileId;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobError;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobResult;
import io.renderfleet.job.JobStatus;
import io.renderfleet.job.JobStore;
import io.renderfleet.job.JobStore.ClaimOutcome;
import io.renderfleet.job.JobStore.HeartbeatOutcome;
import io.renderfleet.job.WorkerId;
import io.renderfleet.region.FleetSettings;
import io.renderfleet.region.RegionId;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

@ApiTest
@ExtendWith(OutputCaptureExtension.class)
class ControlTests {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final RegionId WEST = new RegionId("us-west-2");
    private static final Duration LEASE = Duration.ofMinutes(1);
    private static final JobError ERROR = new JobError("truncated", "The file ends early.");

    @Autowired
    MockMvcTester http;

    @Autowired
    ApiFixture fixture;

    @Autowired
    JobStore store;

    @Autowired
    FleetSettings fleet;

    @Test
    void cancelsAJobThatHasNotStarted() throws Exception {
        JobId id = fixture.submit("");

        MvcTestResult answer = post(id, "cancel");

        assertThat(answer).hasStatus(202).hasHeader("Cache-Control", "no-store");
        JsonNode job = body(answer);
        assertThat(job.path("status").asText()).isEqualTo("CANCELLED");
        assertThat(job.has("cancelRequested")).isFalse();
        assertThat(job.at("/links/cancel").isMissingNode()).isTrue();
        assertThat(job.at("/links/self").asText()).isEqualTo("/jobs/" + id);
        assertThat(stored(id).status()).isEqualTo(JobStatus.CANCELLED);
    }

    @Test
    void logsWhatWasDoneToAJobUnderItsId(CapturedOutput output) {
        JobId id = fixture.submit("");
        String trace = id.toString().replace("-", "");

        post(id, "cancel");
        post(id, "retry");

        assertThat(output)
                .containsOnlyOnce("Job " + id + " is CANCELLED (trace " + trace + ")")
                .containsOnlyOnce(
                        "Job " + id + " was CANCELLED and is PENDING again, by a retry (trace " + trace + ")");
    }

    @Test
    void asksTheWorkerOfARunningJobToStop() throws Exception {
        Job running = claimed(fixture.submit(""));

        JsonNode job = body(post(running.id(), "cancel"));

        assertThat(job.path("status").asText()).isEqualTo("PROCESSING");
        assertThat(job.path("cancelRequested").asBoolean()).isTrue();
        assertThat(post(running.id(), "cancel")).hasStatus(202);
        assertThat(store.heartbeat(running, LEASE, 50, List.of())).isEqualTo(HeartbeatOutcome.CANCEL_REQUESTED);
        assertThat(store.cancelled(running, List.of())).isTrue();
        assertThat(body(post(running.id(), "cancel")).path("status").asText()).isEqualTo("CANCELLED");
    }

    @Test
    void cancellingTwiceIsHarmless() throws Exception {
        JobId id = fixture.submit("");
        post(id, "cancel");
        Job cancelled = stored(id);

        assertThat(body(post(id, "cancel")).path("status").asText()).isEqualTo("CANCELLED");
        assertThat(stored(id)).isEqualTo(cancelled);
    }

    @Test
    void doesNotCancelAFinishedJob() {
        Job failed = claimed(fixture.submit(""));
        store.fail(failed, Attempt.Outcome.REJECTED, ERROR, List.of());
        assertProblem(post(failed.id(), "cancel"), 409, "job-over", "The job is FAILED");

        Job completed = claimed(fixture.submit(""));
        store.complete(completed, new JobResult(FileId.random(), "png", 1, "image/png"), List.of());
        assertProblem(post(completed.id(), "cancel"), 409, "job-over", "The job is COMPLETED");
    }

    @Test
    void linksAnOpenJobToItsCancellation() throws Exception {
        JobId id = fixture.submit("");
        JsonNode job = body(http.get().uri("/jobs/" + id).exchange());
        assertThat(job.at("/links/cancel").asText()).isEqualTo("/jobs/" + id + "/cancel");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cancel", "retry"})
    void knowsNoOtherJobs(String action) {
        for (String id : List.of(UUID.randomUUID().toString(), "1-1-1-1-1", "x")) {
            assertProblem(
                    http.post().uri("/jobs/" + id + "/" + action).exchange(),
                    404,
                    "job-not-found",
                    "No job has this id");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cancel", "retry"})
    void doesNotTellAForeignJobFromAnUnknownOne(String action) {
        JobId id = fixture.submit("");
        store.route(id, 0, WEST);
        Job before = stored(id);

        assertProblem(post(id, action + "?userId=somebody-else"), 404, "job-not-found", "No job has this id");
        assertThat(stored(id)).isEqualTo(before);
        assertProblem(post(id, action + "?userId="), 400, "invalid-request", "The request has one error");
    }

    @Test
    void letsItsOwnerCancelAndRetry() {
        JobId id = fixture.submit("");
        assertThat(post(id, "cancel?userId=user-1")).hasStatus(202);
        assertThat(post(id, "retry?userId=user-1")).hasStatus(202);
    }

    @Test
    void retriesWithTheAttemptsStartingOverAndTheirHistoryKept() throws Exception {
        Job failed = claimed(fixture.submit("\"maxAttempts\": 1"));
        store.fail(failed, Attempt.Outcome.ERRORED, ERROR, List.of());
        fixture.messagesOf(failed.id());

        MvcTestResult answer = post(failed.id(), "retry");

        assertThat(answer).hasStatus(202).hasHeader("Location", "/jobs/" + failed.id());
        JsonNode job = body(answer);
        assertThat(job.path("status").asText()).isEqualTo("PENDING");
        assertThat(job.has("error")).isFalse();
        assertThat(job.at("/attempts/0/error/code").asText()).isEqualTo("truncated");
        Job open = stored(failed.id());
        assertThat(open.chargedAttempts()).isZero();
        assertThat(open.attempts()).hasSize(1);
        assertThat(fixture.messagesOf(failed.id())).isEqualTo(1);

        store.route(open.id(), open.routeEpoch(), WEST);
        Job again = claimed(open.id(), open.routeEpoch() + 1);
        assertThat(again.attempt()).isEqualTo(2);
    }

    @Test
    void retryOfARetriedJobThatIsNotRoutedYetSendsItsMessageAgain() {
        JobId id = fixture.submit("");
        post(id, "cancel");
        assertThat(post(id, "retry")).hasStatus(202);
        Job open = stored(id);

        assertThat(post(id, "retry")).hasStatus(202);
        assertThat(stored(id)).isEqualTo(open);
        // The first submission's, and one of each retry; the route takes one of them.
        assertThat(fixture.messagesOf(id)).isEqualTo(3);
    }

    @Test
    void doesNotRetryAnOpenOrCompletedJob() {
        JobId waiting = fixture.submit("");
        assertProblem(post(waiting, "retry"), 409, "not-retryable", "The job is PENDING; only a job that is FAILED");

        Job running = claimed(waiting);
        assertProblem(post(waiting, "retry"), 409, "not-retryable", "The job is PROCESSING");
        store.complete(running, new JobResult(FileId.random(), "png", 1, "image/png"), List.of());
        assertProblem(post(waiting, "retry"), 409, "not-retryable", "The job is COMPLETED");
    }

    @Test
    void saysThatARetriedJobIsOpenWhenItCannotBeQueued() {
        JobId id = fixture.submit("");
        post(id, "cancel");
        fixture.messagesOf(id);
        OnLocalAws.AWS.stopRegion(fleet.homeRegion());
        try {
            MvcTestResult answer = post(id, "retry");
            assertProblem(answer, 503, "queue-unavailable", "The job was reopened");
            assertThat(answer).hasHeader("Retry-After", "2");
        } finally {
            OnLocalAws.AWS.startRegion(fleet.homeRegion());
        }
        assertThat(stored(id).status()).isEqualTo(JobStatus.PENDING);
        assertThat(post(id, "retry")).hasStatus(202);
        assertThat(fixture.messagesOf(id)).isPositive();
    }

    @Test
    void retriesAJobWithAnOrderingKey() {
        JobId id = fixture.submit("\"orderingKey\": \"" + UUID.randomUUID() + "\"");
        post(id, "cancel");

        assertThat(post(id, "retry")).hasStatus(202);
        assertThat(stored(id).sequence()).isEqualTo(2);
    }

    private Job claimed(JobId id) {
        store.route(id, 0, WEST);
        return claimed(id, 1);
    }

    private Job claimed(JobId id, int epoch) {
        return ((ClaimOutcome.Claimed) store.claim(id, epoch, WEST, new WorkerId("worker-1"), LEASE)).job();
    }

    private Job stored(JobId id) {
        return store.find(id).orElseThrow();
    }

    private MvcTestResult post(JobId id, String action) {
        return http.post().uri(URI.create("/jobs/" + id + "/" + action)).exchange();
    }

    private static void assertProblem(MvcTestResult answer, int status, String type, String detail) {
        assertThat(answer).hasStatus(status);
        assertThat(answer).bodyJson().extractingPath("$.type").isEqualTo("urn:renderfleet:problem:" + type);
        assertThat(answer).bodyJson().extractingPath("$.detail").asString().startsWith(detail);
    }

    private static JsonNode body(MvcTestResult answer) throws Exception {
        return JSON.readTree(answer.getResponse().getContentAsByteArray());
    }
}
