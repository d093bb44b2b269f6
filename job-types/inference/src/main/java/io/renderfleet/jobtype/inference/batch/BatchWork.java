package io.renderfleet.jobtype.inference.batch;

import io.renderfleet.job.JobControl;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobStatus;
import io.renderfleet.job.JobStore;
import io.renderfleet.jobtype.inference.batch.Batch.Cancelled;
import io.renderfleet.jobtype.inference.batch.Batch.Counts;
import io.renderfleet.jobtype.inference.batch.BatchStore.LeaseLostException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a batch forward: submits its jobs, looks at their states, cancels them, and writes the results when all are over.
 * All of it can be repeated by any instance of the API, from what is stored, because the ids of the jobs follow from the
 * batch.
 *
 * <p>Thread-safe.
 */
final class BatchWork {
    private static final Logger log = LoggerFactory.getLogger(BatchWork.class);

    /** The most jobs that are cancelled at the same time. */
    private static final int AT_ONCE = 16;

    private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final Duration SHORTEST_AFTER_FAILURE = Duration.ofSeconds(10);
    private static final Duration LONGEST_AFTER_FAILURE = Duration.ofMinutes(5);

    private final BatchStore store;
    private final BatchSubmission submission;
    private final BatchResults results;
    private final JobStore jobs;
    private final JobControl control;
    private final Duration within;

    /** @param within the time after which a batch is cancelled */
    BatchWork(
            BatchStore store,
            BatchSubmission submission,
            BatchResults results,
            JobStore jobs,
            JobControl control,
            Duration within) {
        this.store = store;
        this.submission = submission;
        this.results = results;
        this.jobs = jobs;
        this.control = control;
        this.within = within;
    }

    /**
     * Works on a batch if there is something to do for it and no other instance works on it.
     *
     * @param stopping whether to stop soon; another instance continues
     */
    void turn(BatchId id, BooleanSupplier stopping) {
        Optional<Batch> found = store.find(id);
        if (found.isEmpty() || found.get().endedAt() != null) {
            store.close(id);
            return;
        }
        Instant now = store.now();
        if (found.get().nextAt().isAfter(now) || found.get().busyUntil().isAfter(now)) {
            return;
        }
        Optional<Batch> claimed = store.claim(id);
        if (claimed.isEmpty()) {
            return;
        }
        try {
            turn(claimed.get(), stopping);
        } catch (LeaseLostException e) {
            log.info("Another instance continues batch {}", id);
        } catch (IOException | RuntimeException e) {
            Duration pause = pause(claimed.get(), SHORTEST_AFTER_FAILURE, LONGEST_AFTER_FAILURE);
            log.warn("Batch {} could not be continued; trying again in {}", id, pause, e);
            release(claimed.get(), pause);
        }
    }

    private void release(Batch batch, Duration pause) {
        try {
            var _ = store.release(batch, pause);
        } catch (RuntimeException e) {
            log.info("The lease of batch {} was not given back and expires by itself: {}", batch.id(), e.toString());
        }
    }

    private void turn(Batch claimed, BooleanSupplier stopping) throws IOException {
        Batch batch = claimed;
        if (batch.cancelled() == null && store.now().isAfter(batch.createdAt().plus(within))) {
            log.info("Batch {} is cancelled, because it was accepted more than {} ago", batch.id(), within);
            var _ = store.cancel(batch.id(), Cancelled.EXPIRED);
            batch = store.renew(batch);
        }
        Duration wait = null;
        if (batch.cancelled() == null && !batch.isSubmitted()) {
            BatchSubmission.Outcome outcome = submission.submit(batch, stopping);
            wait = outcome.pause();
            batch = outcome.batch();
        }
        boolean cancelling = batch.cancelled() != null;
        if (stopping.getAsBoolean()) {
            release(batch, Duration.ZERO);
            return;
        }
        States states = states(batch);
        if (cancelling && !states.open.isEmpty()) {
            cancel(batch, states.open);
        }
        if (states.open.isEmpty() && (cancelling || batch.isSubmitted())) {
            Optional<BatchResults.Written> written = results.write(batch, stopping);
            if (written.isPresent()) {
                var _ = store.ended(batch, written.get().counts(), written.get().folder());
                store.close(batch.id());
                log.info("Batch {} has ended: {}", batch.id(), written.get().counts());
            } else {
                release(batch, Duration.ZERO);
            }
            return;
        }
        batch = store.counted(batch, states.counts);
        boolean cancelledMeanwhile = batch.cancelled() != null && !cancelling;
        release(
                batch,
                cancelledMeanwhile
                        ? Duration.ZERO
                        : Objects.requireNonNullElse(wait, pause(batch, SHORTEST_PAUSE, LONGEST_PAUSE)));
    }

    /** A young batch may end soon. The states of many jobs are read after each pause, so it grows with the age. */
    private Duration pause(Batch batch, Duration shortest, Duration longest) {
        Duration pause = Duration.between(batch.createdAt(), store.now()).dividedBy(20);
        if (pause.compareTo(shortest) < 0) {
            return shortest;
        }
        return pause.compareTo(longest) > 0 ? longest : pause;
    }

    /**
     * The states of the jobs of a batch.
     *
     * @param counts the tasks of jobs that are COMPLETED count as completed; the results tell which have failed
     * @param open the jobs that are not over
     */
    private record States(Counts counts, List<JobId> open) {}

    private States states(Batch batch) {
        // An instance that was killed may have submitted jobs without having stored that.
        int last = Math.min(batch.sizes().size(), batch.submitted() + BatchSubmission.AT_ONCE);
        int completed = 0;
        int failed = 0;
        List<JobId> open = new ArrayList<>();
        for (int from = 0; from < last; from += JobStore.MAX_CHECKED) {
            List<JobId> page = new ArrayList<>();
            for (int number = from; number < Math.min(last, from + JobStore.MAX_CHECKED); number++) {
                page.add(batch.job(number));
            }
            Map<JobId, JobStatus> statuses = jobs.statuses(page);
            for (int index = 0; index < page.size(); index++) {
                JobId id = page.get(index);
                int number = from + index;
                JobStatus status = statuses.containsKey(id) ? statuses.get(id) : status(id);
                if (status == JobStatus.COMPLETED) {
                    completed += batch.sizes().get(number);
                } else if (status != null && !status.isTerminal()) {
                    open.add(id);
                } else if (status != null || number < batch.submitted()) {
                    failed += batch.sizes().get(number);
                }
            }
        }
        return new States(new Counts(batch.counts().total(), completed, failed), open);
    }

    /** The status by a read of its own; null if the job does not exist. */
    private @Nullable JobStatus status(JobId id) {
        return jobs.find(id).map(job -> job.status()).orElse(null);
    }

    private void cancel(Batch batch, List<JobId> open) {
        Batch renewed = batch;
        for (int from = 0; from < open.size(); from += AT_ONCE) {
            List<JobId> some = open.subList(from, Math.min(open.size(), from + AT_ONCE));
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                // A job that cannot be cancelled now is still open at the next turn.
                some.forEach(id -> {
                    var _ = threads.submit(() -> control.cancel(id, batch.user()));
                });
            }
            renewed = store.renew(renewed);
        }
    }
}
