package io.renderfleet.api.lookup;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.api.ApiFixture;
import io.renderfleet.api.ApiTest;
import io.renderfleet.blob.ResultStore;
import io.renderfleet.job.Artifact;
import io.renderfleet.job.ArtifactName;
import io.renderfleet.job.Attempt;
import io.renderfleet.job.FileId;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobError;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobResult;
import io.renderfleet.job.JobStore;
import io.renderfleet.job.JobStore.ClaimOutcome;
import io.renderfleet.job.WorkerId;
import io.renderfleet.region.RegionId;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

@ApiTest
class PreviewTests {
    private static final RegionId WEST = new RegionId("us-west-2");

    @Autowired
    MockMvcTester http;

    @Autowired
    ApiFixture fixture;

    @Autowired
    JobStore store;

    @Autowired
    ResultStore results;

    private Job claim(JobId id, int epoch) {
        store.route(id, epoch, WEST);
        return ((ClaimOutcome.Claimed)
                        store.claim(id, epoch + 1, WEST, new WorkerId("worker-1"), Duration.ofMinutes(1)))
                .job();
    }

    private Artifact artifact(Job job, ArtifactName name, String content, Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve(name.value()), content);
        return results.store(
                job.id(), new Artifact(name, job.attempt(), FileId.random(), WEST, 0, "image/jpeg"), file, () -> {});
    }

    private MvcTestResult preview(JobId id) {
        return http.get().uri("/jobs/" + id + "/preview").exchange();
    }

    @Test
    void showsTheLatestPreviewOfTheRunningAttemptOnly(@TempDir Path directory) throws Exception {
        JobId id = fixture.submit("");
        assertThat(preview(id)).hasStatus(204).hasHeader("Cache-Control", "no-store");

        Job first = claim(id, 0);
        assertThat(preview(id)).hasStatus(204);
        store.progress(first, 10, List.of(artifact(first, Artifact.PREVIEW, "rough", directory)));
        store.progress(first, 20, List.of(artifact(first, Artifact.PREVIEW, "finer", directory)));

        MvcTestResult answer = preview(id);
        assertThat(answer).hasStatus(302);
        URI link = URI.create(Objects.requireNonNull(answer.getResponse().getHeader("Location")));
        try (HttpClient client = HttpClient.newHttpClient()) {
            assertThat(client.send(HttpRequest.newBuilder(link).build(), BodyHandlers.ofString())
                            .body())
                    .isEqualTo("finer");
        }
        assertThat(http.get().uri("/jobs/" + id))
                .bodyJson()
                .extractingPath("$.artifacts")
                .asArray()
                .isEmpty();
        // The same file as that of the redirect; the links differ in their signatures.
        assertThat(http.get().uri("/jobs/" + id))
                .bodyJson()
                .extractingPath("$.previewUrl")
                .asString()
                .startsWith(link.toString().replaceFirst("[?].*", "?"));
        assertThat(http.get().uri("/jobs/" + id + "/artifacts/preview.jpg")).hasStatus(404);

        assertThat(store.release(first, Attempt.Outcome.INTERRUPTED, new JobError("shutdown", "It stops."), List.of()))
                .isTrue();
        assertThat(preview(id)).hasStatus(204);
        assertThat(http.get().uri("/jobs/" + id)).bodyJson().doesNotHavePath("$.previewUrl");

        Job second = claim(id, 1);
        assertThat(preview(id)).hasStatus(204);
        Artifact log = artifact(second, new ArtifactName("log.txt"), "log", directory);
        Artifact picture = artifact(second, Artifact.PREVIEW, "again", directory);
        store.progress(second, 10, List.of(log, picture));
        assertThat(preview(id)).hasStatus(302);

        assertThat(store.complete(second, new JobResult(FileId.random(), "png", 1, "image/png"), List.of(log, picture)))
                .isTrue();
        assertThat(preview(id)).hasStatus(204);
        assertThat(store.find(id).orElseThrow().artifacts()).containsExactly(log);
    }

    @Test
    void doesNotShowThePreviewOfAnAttemptWhoseWorkerDied(@TempDir Path directory) throws Exception {
        JobId id = fixture.submit("");
        store.route(id, 0, WEST);
        Job first = ((ClaimOutcome.Claimed) store.claim(id, 1, WEST, new WorkerId("worker-1"), Duration.ZERO)).job();
        store.progress(first, 10, List.of(artifact(first, Artifact.PREVIEW, "old", directory)));
        Job second = ((ClaimOutcome.Claimed) store.claim(id, 1, WEST, new WorkerId("worker-2"), Duration.ofMinutes(1)))
                .job();
        assertThat(second.attempt()).isEqualTo(2);

        assertThat(preview(id)).hasStatus(204);

        store.fail(second, Attempt.Outcome.REJECTED, new JobError("broken", "It is broken."), List.of());
        assertThat(store.find(id).orElseThrow().artifacts()).isEmpty();
    }

    @Test
    void answersAsForAnUnknownJob() {
        assertThat(preview(JobId.random())).hasStatus(404);
        assertThat(http.get().uri("/jobs/x/preview")).hasStatus(404);
    }
}
