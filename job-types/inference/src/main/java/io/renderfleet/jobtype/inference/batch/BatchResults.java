package io.renderfleet.jobtype.inference.batch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.renderfleet.blob.ResultStore;
import io.renderfleet.blob.UploadStream;
import io.renderfleet.job.JobPayload;
import io.renderfleet.job.JobStore;
import io.renderfleet.jobtype.inference.InferenceAnswer.Status;
import io.renderfleet.jobtype.inference.InferenceAnswer.TaskAnswer;
import io.renderfleet.jobtype.inference.InferenceAnswer.TaskError;
import io.renderfleet.jobtype.inference.InferenceAnswer.Usage;
import io.renderfleet.jobtype.inference.batch.Batch.Counts;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * Writes the results of a batch whose jobs are over, in the order of its lines: a line of the output for each task that was
 * answered, in the form of OpenAI's batches, and a line of the errors for each other one. At any time there is one answer
 * in memory for each model of the batch, and one part of each file.
 *
 * <p>Thread-safe.
 */
final class BatchResults {
    /** How often the lease is renewed. */
    private static final Duration RENEW = Duration.ofSeconds(10);

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final BatchStore store;
    private final BatchFiles files;
    private final JobStore jobs;
    private final ResultStore results;

    BatchResults(BatchStore store, BatchFiles files, JobStore jobs, ResultStore results) {
        this.store = store;
        this.files = files;
        this.jobs = jobs;
        this.results = results;
    }

    /**
     * Results that are stored.
     *
     * @param folder the part of their keys that belongs to them
     */
    record Written(String folder, Counts counts) {}

    /** Writes the results; empty if {@code stopping} became true before they were complete. */
    Optional<Written> write(Batch batch, BooleanSupplier stopping) throws IOException {
        String folder = UUID.randomUUID().toString();
        try (Writing writing = new Writing(batch, folder)) {
            ResponseInputStream<GetObjectResponse> stream =
                    files.open(batch.id(), batch.files(), BatchFiles.Kind.LINES, 0);
            try (LineReader lines = new LineReader(stream, JobPayload.MAX_BYTES)) {
                for (Optional<LineReader.Line> next = lines.next(); next.isPresent(); next = lines.next()) {
                    if (stopping.getAsBoolean()) {
                        return Optional.empty();
                    }
                    JsonNode line =
                            JSON.readTree(Objects.requireNonNull(next.get().text(), "is what was written"));
                    writing.write(
                            line.get(0).asInt(),
                            line.get(1).asInt(),
                            line.get(2).asText());
                }
            } finally {
                stream.abort();
            }
            return Optional.of(new Written(folder, writing.finish()));
        }
    }

    private final class Writing implements Closeable {
        private final UploadStream output;
        private final UploadStream errors;
        private final Map<Integer, JobAnswers> open = new HashMap<>();
        private final int[] left;
        private Batch batch;
        private Instant renewed = store.now();
        private int completed;
        private int failed;

        Writing(Batch batch, String folder) {
            this.batch = batch;
            this.output = files.create(batch.id(), folder, BatchFiles.Kind.OUTPUT);
            this.errors = files.create(batch.id(), folder, BatchFiles.Kind.ERRORS);
            this.left = batch.sizes().stream().mapToInt(Integer::intValue).toArray();
        }

        void write(int number, int job, String customId) throws IOException {
            if (Duration.between(renewed, store.now()).compareTo(RENEW) > 0) {
                batch = store.renew(batch);
                renewed = store.now();
            }
            JobAnswers answers = open.get(job);
            if (answers == null) {
                answers = JobAnswers.of(batch, batch.job(job), jobs, results);
                open.put(job, answers);
            }
            TaskAnswer answer = answers.next(LineRules.taskId(number));
            boolean answered = answer.status() == Status.ANSWERED && answer.output() != null;
            ObjectNode line = JSON.createObjectNode();
            line.put("id", answers.job() + "/" + LineRules.taskId(number)).put("custom_id", customId);
            if (answered) {
                line.set("response", response(answers, answer));
                line.putNull("error");
                completed++;
            } else {
                line.putNull("response");
                line.set("error", error(answer));
                failed++;
            }
            // As a text, because a half of a surrogate pair, which a model may write, has no form in bytes.
            (answered ? output : errors).write((JSON.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8));
            left[job]--;
            if (left[job] == 0) {
                open.remove(job);
                answers.close();
            }
        }

        Counts finish() {
            output.close();
            errors.close();
            return new Counts(batch.counts().total(), completed, failed);
        }

        @Override
        public void close() throws IOException {
            output.abort();
            errors.abort();
            for (JobAnswers answers : open.values()) {
                answers.close();
            }
        }
    }

    private static ObjectNode response(JobAnswers answers, TaskAnswer answer) throws JsonProcessingException {
        ObjectNode response = JSON.createObjectNode();
        response.put("status_code", 200).put("request_id", answers.job().toString());
        ObjectNode body = response.putObject("body");
        body.put("id", "chatcmpl-" + answers.job() + "-" + answer.taskId())
                .put("object", "chat.completion")
                .put("created", answers.finishedAt().getEpochSecond())
                .put("model", answer.model());
        ObjectNode choice = body.putArray("choices").addObject();
        JsonNode output = Objects.requireNonNull(answer.output());
        choice.put("index", 0)
                .putObject("message")
                .put("role", "assistant")
                .put("content", output.isTextual() ? output.asText() : JSON.writeValueAsString(output))
                .putNull("refusal");
        choice.putNull("logprobs").put("finish_reason", "stop");
        Usage usage = Objects.requireNonNullElse(answer.usage(), Usage.NONE);
        body.putObject("usage")
                .put("prompt_tokens", usage.promptTokens())
                .put("completion_tokens", usage.completionTokens())
                .put("total_tokens", usage.totalTokens());
        return response;
    }

    private static ObjectNode error(TaskAnswer answer) {
        TaskError error =
                Objects.requireNonNullElse(answer.error(), new TaskError("no-answer", "The task has no answer."));
        return JSON.createObjectNode().put("code", error.code()).put("message", error.message());
    }
}
