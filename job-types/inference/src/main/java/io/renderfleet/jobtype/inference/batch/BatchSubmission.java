package io.renderfleet.jobtype.inference.batch;

import io.renderfleet.job.JobPayload;
import io.renderfleet.jobtype.JobSubmitter;
import io.renderfleet.jobtype.JobType.PayloadSource;
import io.renderfleet.jobtype.inference.InferencePayload;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.region.RegionId;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * Submits the jobs of a batch that were not submitted yet, some at the same time, in the order of their numbers. A job that is
 * refused for now, such as by 429 or 503, ends this, so that it is submitted again later and not skipped.
 *
 * <p>Thread-safe.
 */
final class BatchSubmission {
    private static final Logger log = LoggerFactory.getLogger(BatchSubmission.class);

    /** The most jobs that are submitted at the same time. */
    static final int AT_ONCE = 16;

    private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(1);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(10);

    private final BatchStore store;
    private final BatchFiles files;
    private final JobSubmitter submitter;
    private final Function<String, Set<RegionId>> regionsOf;

    /** @param regionsOf the only regions that can run the jobs of a model; empty for all */
    BatchSubmission(
            BatchStore store, BatchFiles files, JobSubmitter submitter, Function<String, Set<RegionId>> regionsOf) {
        this.store = store;
        this.files = files;
        this.submitter = submitter;
        this.regionsOf = regionsOf;
    }

    /**
     * How far the submission came.
     *
     * @param batch as it was stored last
     * @param pause how long to wait before the next job is submitted; null if none is left, or the batch was cancelled
     */
    record Outcome(Batch batch, @Nullable Duration pause) {}

    /** A job that was given to {@link JobSubmitter}, and how long to wait before this is repeated; empty if it need not. */
    private record Submitted(LineReader.Line line, Future<Optional<Duration>> pause) {}

    /**
     * Submits jobs until all are submitted, one is refused for now, or the batch is cancelled.
     *
     * @param stopping whether to stop soon
     * @throws BatchStore.LeaseLostException if another instance works on the batch
     */
    Outcome submit(Batch accepted, BooleanSupplier stopping) throws IOException {
        Batch batch = accepted;
        ResponseInputStream<GetObjectResponse> stream =
                files.open(batch.id(), batch.files(), BatchFiles.Kind.JOBS, batch.position());
        try (LineReader lines = new LineReader(stream, JobPayload.MAX_BYTES)) {
            while (!batch.isSubmitted() && batch.cancelled() == null && !stopping.getAsBoolean()) {
                int submitted = batch.submitted();
                long position = batch.position();
                Duration pause = null;
                for (Submitted job : submitSome(batch, lines)) {
                    pause = pause(job.pause()).orElse(null);
                    if (pause != null) {
                        break;
                    }
                    submitted++;
                    position += job.line().bytes();
                }
                batch = store.submitted(batch, submitted, position);
                if (pause != null) {
                    return new Outcome(batch, pause);
                }
            }
            return new Outcome(batch, null);
        } finally {
            stream.abort();
        }
    }

    /** Submits the next jobs, and waits until each was accepted or refused. */
    private List<Submitted> submitSome(Batch batch, LineReader lines) throws IOException {
        List<Submitted> some = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            int last = Math.min(batch.sizes().size(), batch.submitted() + AT_ONCE);
            for (int next = batch.submitted(); next < last; next++) {
                int number = next;
                LineReader.Line line =
                        lines.next().orElseThrow(() -> new IOException("the file of the jobs is incomplete"));
                String payload = Objects.requireNonNull(line.text(), "is what was written");
                some.add(new Submitted(line, threads.submit(() -> submit(batch, number, payload))));
            }
        }
        return some;
    }

    /** Submits a job. Returns how long to wait before this is repeated; empty if nothing more is to do for it. */
    private Optional<Duration> submit(Batch batch, int number, String json) {
        JobPayload payload = new JobPayload(json, InferencePayload.FORMAT.version());
        String model = InferencePayload.FORMAT.read(payload).model();
        PayloadSource source = _ -> payload;
        try {
            var _ = submitter.submit(new JobSubmitter.Request(
                    InferencePayload.TYPE,
                    batch.user(),
                    batch.id().jobKey(number),
                    batch.priority(),
                    new JobOfBatch(batch.id().toString(), number),
                    source.onlyIn(regionsOf.apply(model)),
                    batch.id().uuid()));
            return Optional.empty();
        } catch (ProblemException e) {
            Duration retryAfter = e.retryAfter();
            if (retryAfter != null || e.type().status().is5xxServerError()) {
                log.debug("Job {} of batch {} is submitted again later: {}", number, batch.id(), e.getMessage());
                return Optional.of(
                        retryAfter == null || retryAfter.compareTo(SHORTEST_PAUSE) < 0 ? SHORTEST_PAUSE : retryAfter);
            }
            // Its lines are reported as errors.
            log.warn(
                    "Job {} of batch {} was refused and is not submitted again: {}",
                    number,
                    batch.id(),
                    e.getMessage());
            return Optional.empty();
        }
    }

    /** What a job is made of, for the comparison of repeated submissions. */
    private record JobOfBatch(String batch, int job) {}

    private static Optional<Duration> pause(Future<Optional<Duration>> submitted) {
        try {
            return submitted.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of(AFTER_FAILURE);
        } catch (ExecutionException e) {
            log.warn("A job of a batch could not be submitted; trying again in {}", AFTER_FAILURE, e.getCause());
            return Optional.of(AFTER_FAILURE);
        }
    }
}
