package io.renderfleet.jobtype.inference.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.renderfleet.api.ApiTest;
import io.renderfleet.blob.ResultStore;
import io.renderfleet.job.Attempt;
import io.renderfleet.job.FileId;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobError;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobResult;
import io.renderfleet.job.JobStore;
import io.renderfleet.job.JobStore.ClaimOutcome;
import io.renderfleet.job.Priority;
import io.renderfleet.job.UserId;
import io.renderfleet.job.WorkerId;
import io.renderfleet.jobtype.inference.image.ImageRules;
import io.renderfleet.jobtype.inference.input.InputReferences;
import io.renderfleet.jobtype.inference.input.MessageRules;
import io.renderfleet.jobtype.inference.settings.InferenceSettings;
import io.renderfleet.region.RegionId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;

/** What the files of a batch have, whatever became of its jobs. The test is the worker. */
@ApiTest
class BatchResultsTests {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final RegionId WEST = new RegionId("us-west-2");
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private static final String PARTIAL = """
            {"tasks": [
              {"taskId": "line-1", "status": "answered", "output": "Low \\ud800.", "model": "qwen", "latencyMs": 5,
               "usage": {"promptTokens": 7, "completionTokens": 3}},
              {"taskId": "line-2", "status": "failed", "error": {"code": "answer-cut", "message": "Too long."}}],
             "partial": true, "usage": {"promptTokens": 7, "completionTokens": 3}}""";

    private final UserId user = new UserId("user-" + UUID.randomUUID());

    @Autowired
    BatchLoop loop;

    @Autowired
    BatchStore store;

    @Autowired
    BatchFiles files;

    @Autowired
    InferenceSettings settings;

    @Autowired
    InputReferences images;

    @Autowired
    JobStore jobs;

    @Autowired
    ResultStore results;

    @TempDir
    private Path directory;

    /** A batch whose first job has two tasks, and whose other jobs have one. */
    private Batch submitted(int jobs) throws IOException {
        String lines = Stream.concat(
                        Stream.of("x".repeat(3_000), "y".repeat(3_000)),
                        IntStream.range(1, jobs)
                                .mapToObj(i -> Integer.toString(i).repeat(60_000)))
                .map(text -> BatchTests.line("id-" + text.charAt(0), text))
                .collect(Collectors.joining());
        Path file = Files.writeString(directory.resolve("batch.jsonl"), lines);
        Batch batch = new BatchIntake(
                        settings, new MessageRules(new ImageRules(settings.images())), images, store, files)
                .accept(user, Priority.LOW, null, file)
                .batch();
        assertThat(batch.sizes()).hasSize(jobs).startsWith(2);
        loop.soon(batch.id());
        await().atMost(PATIENCE).until(() -> latest(batch).isSubmitted());
        return batch;
    }

    private Batch latest(Batch batch) {
        return store.find(batch.id()).orElseThrow();
    }

    private Job claimed(JobId id) {
        jobs.route(id, 0, WEST);
        return ((ClaimOutcome.Claimed) jobs.claim(id, 1, WEST, new WorkerId("worker-1"), Duration.ofMinutes(1))).job();
    }

    private void complete(JobId id, String result) throws IOException {
        Job claimed = claimed(id);
        Path file = Files.writeString(directory.resolve(id + ".json"), result);
        assertThat(jobs.complete(
                        claimed, results.store(WEST, id, 1, "json", "application/json", file, () -> {}), List.of()))
                .isTrue();
    }

    private List<JsonNode> lines(Batch batch, BatchFiles.Kind kind) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        try (var content = files.open(batch.id(), String.valueOf(latest(batch).results()), kind, 0)) {
            for (String line : new String(content.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList()) {
                lines.add(JSON.readTree(line));
            }
        }
        return lines;
    }

    @Test
    void eachLineIsInOneOfTheFilesInItsOrderWhateverBecameOfItsJob() throws Exception {
        Batch batch = submitted(5);
        complete(batch.job(4), PARTIAL.replace("line-1\"", "line-6\""));
        complete(batch.job(2), "no result of this job type");
        assertThat(jobs.fail(
                        claimed(batch.job(1)),
                        Attempt.Outcome.REJECTED,
                        new JobError("timed-out", "The job took too long."),
                        List.of()))
                .isTrue();
        assertThat(jobs.complete(
                        claimed(batch.job(3)),
                        new JobResult(FileId.random(), "json", 1, "application/json"),
                        List.of()))
                .isTrue();
        assertThat(latest(batch).endedAt()).isNull();
        complete(batch.job(0), PARTIAL);
        await().atMost(PATIENCE).until(() -> latest(batch).endedAt() != null);

        assertThat(latest(batch).counts()).isEqualTo(new Batch.Counts(6, 2, 4));
        List<JsonNode> output = lines(batch, BatchFiles.Kind.OUTPUT);
        assertThat(output).extracting(line -> line.path("custom_id").asText()).containsExactly("id-x", "id-4");
        JsonNode body = output.getFirst().at("/response/body");
        assertThat(body.at("/choices/0/message/content").asText()).isEqualTo("Low ?.");
        assertThat(body.path("model").asText()).isEqualTo("qwen");
        assertThat(body.at("/usage/total_tokens").asInt()).isEqualTo(10);
        assertThat(lines(batch, BatchFiles.Kind.ERRORS))
                .extracting(
                        line -> line.path("custom_id").asText(),
                        line -> line.at("/error/code").asText())
                .containsExactly(
                        tuple("id-y", "answer-cut"),
                        tuple("id-1", "timed-out"),
                        tuple("id-2", "result-unreadable"),
                        tuple("id-3", "result-gone"));
    }
}
