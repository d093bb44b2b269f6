package io.renderfleet.jobtype;

import io.renderfleet.job.JobError;

/** The job itself is at fault: every attempt would end like this. */
public final class JobRejectedException extends RuntimeException {
    private final transient JobError error;

    public JobRejectedException(JobError error) {
        super(error.code() + ": " + error.message());
        this.error = error;
    }

    public JobRejectedException(JobError error, Throwable cause) {
        super(error.code() + ": " + error.message(), cause);
        this.error = error;
    }

    public JobError error() {
        return error;
    }
}
