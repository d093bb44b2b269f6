package io.renderfleet.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.renderfleet.job.Attempt;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobError;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobStatus;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A job type that no main source names, on the whole path, beside renders. */
class OtherJobTypeIT {
    private static RunningFleet fleet;

    @BeforeAll
    static void start() {
        // Short, so that an attempt that ignores its deadline is left behind soon.
        fleet = RunningFleet.withTwoPools(Map.of("renderfleet.worker.lease", "6s"));
    }

    @AfterAll
    static void stop() {
        fleet.close();
    }

    private static JobId submit(String fields) throws Exception {
        return fleet.accepted(fleet.post("/jobs", "{\"type\": \"echo\", \"userId\": \"other\", " + fields + "}"));
    }

    @Test
    void runsAJobOfAnotherTypeToItsResult() throws Exception {
        JobId id = submit("\"text\": \"hello\", \"times\": 3");
        fleet.awaitOver(List.of(id));

        JsonNode view = fleet.get("/jobs/" + id);
        assertThat(view.path("type").asText()).isEqualTo("echo");
        assertThat(view.at("/text").asText()).isEqualTo("hello");
        assertThat(view.at("/result/contentType").asText()).isEqualTo("text/plain");
        assertThat(new String(fleet.download(view.path("resultUrl").asText()), StandardCharsets.UTF_8))
                .isEqualTo("hellohellohello");
    }

    @Test
    void aPoolWhoseSlotsAreAllBusyDelaysNoOtherOne() throws Exception {
        List<JobId> slow = new ArrayList<>();
        // Three workers have four slots each: some of these wait for all of the time.
        for (int i = 0; i < 16; i++) {
            slow.add(submit("\"text\": \"a\", \"delay\": \"PT30S\""));
        }
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .until(() -> slow.stream()
                                .filter(id -> fleet.job(id).status() == JobStatus.PROCESSING)
                                .count()
                        == 12);
        List<JobId> renders = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            renders.add(fleet.accepted(fleet.post("/jobs", RunningFleet.tinyRequest("others"))));
        }
        fleet.awaitOver(renders);

        assertThat(renders).allSatisfy(id -> assertThat(fleet.job(id).status()).isEqualTo(JobStatus.COMPLETED));
        assertThat(slow)
                .noneSatisfy(
                        id -> assertThat(fleet.job(id).status().isTerminal()).isTrue());
        for (JobId id : slow) {
            fleet.post("/jobs/" + id + "/cancel", "");
        }
        fleet.awaitOver(slow);
    }

    @Test
    void carriesALargePayload() throws Exception {
        String text = "x".repeat(60_000);
        JobId id = submit("\"text\": \"" + text + "\"");
        fleet.awaitOver(List.of(id));

        JsonNode view = fleet.get("/jobs/" + id);
        assertThat(fleet.download(view.path("resultUrl").asText())).hasSize(60_000);
    }

    @Test
    void handsOutTheArtifactsOfAJob() throws Exception {
        JobId id = submit("\"text\": \"hello\", \"behaviour\": \"WRITE_ARTIFACTS\"");
        fleet.awaitOver(List.of(id));

        JsonNode artifacts = fleet.get("/jobs/" + id).path("artifacts");
        assertThat(artifacts)
                .extracting(artifact -> artifact.path("name").asText())
                .containsExactly("log.txt", "said.txt");
        assertThat(fleet.download(artifacts.at("/0/url").asText())).asString().isEqualTo("said 1 times\n");
        assertThat(fleet.downloadFrom("/jobs/" + id + "/artifacts/said.txt"))
                .asString()
                .isEqualTo("hello");
    }

    @Test
    void handsOutTheLogOfAJobThatFailed() throws Exception {
        JobId id = submit("\"text\": \"a\", \"behaviour\": \"LOG_AND_FAIL\", \"maxAttempts\": 2");
        fleet.awaitOver(List.of(id));

        assertThat(fleet.get("/jobs/" + id).at("/artifacts/0/attempt").asInt()).isEqualTo(2);
        assertThat(fleet.downloadFrom("/jobs/" + id + "/artifacts/log.txt"))
                .asString()
                .isEqualTo("it went wrong\n");
    }

    @Test
    void settlesJobsThatMisbehaveWhileAllOthersGoOn() throws Exception {
        List<JobId> renders = new ArrayList<>();
        JobId hangs = submit("\"text\": \"a\", \"behaviour\": \"HANG\", \"timeout\": \"PT1S\", \"maxAttempts\": 1");
        JobId errs = submit("\"text\": \"a\", \"behaviour\": \"THROW_ERROR\", \"maxAttempts\": 1");
        JobId fails = submit("\"text\": \"a\", \"behaviour\": \"FAIL\", \"maxAttempts\": 1");
        JobId rejects = submit("\"text\": \"a\", \"behaviour\": \"REJECT\"");
        JobId nothing = submit("\"text\": \"a\", \"behaviour\": \"RETURN_NOTHING\", \"maxAttempts\": 1");
        JobId writes = submit("\"text\": \"a\", \"behaviour\": \"WRITE_TOO_MUCH\"");
        JobId forks = submit("\"text\": \"a\", \"behaviour\": \"FORK\"");
        for (int i = 0; i < 20; i++) {
            renders.add(fleet.accepted(fleet.post("/jobs", RunningFleet.tinyRequest("others"))));
        }
        List<JobId> all = new ArrayList<>(renders);
        all.addAll(List.of(hangs, errs, fails, rejects, nothing, writes, forks));
        fleet.awaitOver(all);

        assertThat(renders).allSatisfy(id -> assertThat(fleet.job(id).status()).isEqualTo(JobStatus.COMPLETED));
        assertFailed(hangs, "timed-out", Attempt.Outcome.ERRORED);
        assertFailed(errs, "internal-error", Attempt.Outcome.ERRORED);
        assertFailed(fails, "internal-error", Attempt.Outcome.ERRORED);
        assertFailed(rejects, "echo-rejected", Attempt.Outcome.REJECTED);
        assertFailed(nothing, "internal-error", Attempt.Outcome.ERRORED);
        assertFailed(writes, "scratch-too-large", Attempt.Outcome.REJECTED);
        assertFailed(forks, "too-many-processes", Attempt.Outcome.REJECTED);
        assertThat(ProcessHandle.current().descendants())
                .as("all but the JVM that validates designs")
                .filteredOn(process -> !process.info().command().orElse("").endsWith("java"))
                .isEmpty();
    }

    private static void assertFailed(JobId id, String code, Attempt.Outcome outcome) {
        Job job = fleet.job(id);
        assertThat(job.status()).isEqualTo(JobStatus.FAILED);
        JobError error = Objects.requireNonNull(job.error());
        assertThat(error.code()).isEqualTo(code);
        assertThat(job.attempts()).extracting(Attempt::outcome).containsExactly(outcome);
    }
}
