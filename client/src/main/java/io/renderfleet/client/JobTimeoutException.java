package io.renderfleet.client;

import java.time.Duration;

/** A job did not end within the time limit for waiting. The job itself continues. */
public final class JobTimeoutException extends ClientException {
    private final Job job;

    JobTimeoutException(Job job, Duration limit) {
        super("Job " + job.jobId() + " is still " + job.status() + " after " + limit
                + ". Wait longer, or cancel the job.");
        this.job = job;
    }

    /** The job as it was last read. */
    public Job job() {
        return job;
    }
}
