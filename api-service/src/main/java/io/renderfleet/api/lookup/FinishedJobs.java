package io.renderfleet.api.lookup;

import io.renderfleet.api.progress.JobWaits;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobStore;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Answers the submission of a job with the finished job, if the client prefers to wait for it. */
@Component
public class FinishedJobs {
    private final JobStore jobs;
    private final StoredFiles files;
    private final JobWaits waits;

    FinishedJobs(JobStore jobs, StoredFiles files, JobWaits waits) {
        this.jobs = jobs;
        this.files = files;
        this.waits = waits;
    }

    /**
     * The outcome of a wait.
     *
     * @param job the job if it is over; null otherwise
     * @param applied the value of {@link JobWaits#APPLIED}; null if the request was not kept waiting
     */
    public record Outcome(@Nullable JobView job, @Nullable String applied) {}

    /** Waits for the end of a job that was just accepted, as the request prefers. */
    public Outcome await(JobId id, HttpServletRequest request) {
        Optional<Duration> wait = waits.preferred(request);
        Optional<Job> accepted = wait.isPresent() ? jobs.find(id) : Optional.empty();
        if (accepted.isEmpty()) {
            return new Outcome(null, null);
        }
        Optional<String> applied = waits.await(accepted.get(), wait.get(), request);
        JobView over = jobs.find(id)
                .filter(job -> job.status().isTerminal())
                .map(job -> JobView.of(job, files))
                .orElse(null);
        return new Outcome(over, applied.orElse(null));
    }
}
