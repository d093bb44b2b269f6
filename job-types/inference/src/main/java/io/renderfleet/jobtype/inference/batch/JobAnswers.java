package io.renderfleet.jobtype.inference.batch;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.renderfleet.blob.ResultStore;
import io.renderfleet.blob.UnknownFileRegionException;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobError;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobResult;
import io.renderfleet.job.JobStatus;
import io.renderfleet.job.JobStore;
import io.renderfleet.jobtype.inference.InferenceAnswer;
import io.renderfleet.jobtype.inference.InferenceAnswer.Status;
import io.renderfleet.jobtype.inference.InferenceAnswer.TaskAnswer;
import io.renderfleet.jobtype.inference.InferenceAnswer.TaskError;
import io.renderfleet.jobtype.inference.batch.Batch.Cancelled;
import io.renderfleet.upload.UploadedFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The answers of one job, in the order of its tasks, read one after another from a copy of its result on the disk. Each task
 * of a job without a result has an answer that says why.
 *
 * <p>Not thread-safe.
 */
final class JobAnswers implements Closeable {
    /** The start of an object, the name of its first field, tasks, and the start of an array. */
    private static final int TOKENS_BEFORE_ANSWERS = 3;

    private static final Logger log = LoggerFactory.getLogger(JobAnswers.class);
    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private final JobId job;
    private final Instant finishedAt;
    private final @Nullable Path file;
    private final @Nullable JsonParser parser;
    private @Nullable TaskError error;

    private JobAnswers(
            JobId job,
            Instant finishedAt,
            @Nullable Path file,
            @Nullable JsonParser parser,
            @Nullable TaskError error) {
        this.job = job;
        this.finishedAt = finishedAt;
        this.file = file;
        this.parser = parser;
        this.error = error;
    }

    /** The answers of a job of a batch that is over. */
    static JobAnswers of(Batch batch, JobId id, JobStore jobs, ResultStore results) throws IOException {
        Job job = jobs.find(id).orElse(null);
        if (job == null || job.status() != JobStatus.COMPLETED || job.result() == null) {
            Instant at = job == null ? batch.createdAt() : job.updatedAt();
            return new JobAnswers(id, at, null, null, withoutResult(batch, job));
        }
        Path file = UploadedFile.temporary();
        try {
            if (download(job, results, file)) {
                return new JobAnswers(id, job.updatedAt(), file, parser(file), null);
            }
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(file);
            throw e;
        }
        return new JobAnswers(
                id,
                job.updatedAt(),
                null,
                null,
                new TaskError("result-gone", "The result of job " + id + " is no longer stored."));
    }

    private static boolean download(Job completed, ResultStore results, Path file) throws IOException {
        JobResult result = Objects.requireNonNull(completed.result());
        // The download creates the file.
        Files.delete(file);
        try {
            return results.download(results.locate(completed), result.bytes(), file);
        } catch (UnknownFileRegionException e) {
            return false;
        }
    }

    /** A parser before the first answer, if the file begins as {@link InferenceAnswer} is written. */
    private static JsonParser parser(Path file) throws IOException {
        JsonParser parser = JSON.createParser(file.toFile());
        try {
            for (int tokens = 0; tokens < TOKENS_BEFORE_ANSWERS; tokens++) {
                var _ = parser.nextToken();
            }
        } catch (JsonProcessingException e) {
            log.debug("A result is no JSON: {}", e.getOriginalMessage());
        }
        return parser;
    }

    JobId job() {
        return job;
    }

    /** When the job ended. */
    Instant finishedAt() {
        return finishedAt;
    }

    /** The answer to the next task, which must be this one. */
    TaskAnswer next(String taskId) throws IOException {
        if (error == null && parser != null) {
            Optional<TaskAnswer> answer =
                    parsed(parser).filter(parsed -> parsed.taskId().equals(taskId));
            if (answer.isPresent()) {
                return answer.get();
            }
        }
        if (error == null) {
            // What a worker wrote must not keep the batch from its end.
            log.warn("The result of job {} has no answer to {} in its place", job, taskId);
            error = new TaskError("result-unreadable", "The result of job " + job + " cannot be read.");
        }
        return new TaskAnswer(taskId, Status.FAILED, null, null, null, null, null, error);
    }

    private static Optional<TaskAnswer> parsed(JsonParser parser) throws IOException {
        try {
            return parser.nextToken() == JsonToken.START_OBJECT
                    ? Optional.of(JSON.readValue(parser, TaskAnswer.class))
                    : Optional.empty();
        } catch (JsonProcessingException e) {
            log.debug("An answer cannot be read: {}", e.getOriginalMessage());
            return Optional.empty();
        }
    }

    @Override
    public void close() throws IOException {
        if (parser != null) {
            parser.close();
        }
        if (file != null) {
            Files.deleteIfExists(file);
        }
    }

    /** Why a job has no result. */
    private static TaskError withoutResult(Batch batch, @Nullable Job job) {
        if (job != null && job.status() == JobStatus.FAILED) {
            JobError error = Objects.requireNonNullElse(job.error(), new JobError("failed", "The job failed."));
            return new TaskError(error.code(), error.message());
        }
        if (batch.cancelled() == Cancelled.EXPIRED) {
            return new TaskError(
                    "batch-expired", "The batch was cancelled before this task ended, because it took too long.");
        }
        if (batch.cancelled() == Cancelled.BY_USER || (job != null && job.status() == JobStatus.CANCELLED)) {
            return new TaskError("cancelled", "The task was cancelled before it ended.");
        }
        return job == null
                ? new TaskError(
                        "not-submitted",
                        "The job of this task was refused or has expired. Submit the line again in another batch.")
                : new TaskError(
                        "job-retried",
                        "The job was retried when the batch had ended. GET /jobs/" + job.id()
                                + "/result has its answers.");
    }
}
