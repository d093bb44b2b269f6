package io.renderfleet.api.control;

import io.renderfleet.api.lookup.JobIds;
import io.renderfleet.api.queue.MasterQueue;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobControl;
import io.renderfleet.job.JobControl.Retrying;
import io.renderfleet.job.JobId;
import io.renderfleet.job.UserId;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemType;
import io.renderfleet.queue.JobMessage;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Reopens jobs and sends their messages. The job is written first, because a message with an older route epoch would be
 * void. If the process stops or the send fails after the write, the job is open without a message; a repeat of the call
 * sends the message, and otherwise the distributors' watchdog does. A second message with the same route epoch is
 * dropped when the job is routed or claimed.
 */
@Component
class Retries {
    private static final Duration CONTENDED_RETRY_AFTER = Duration.ofSeconds(1);

    private final JobControl control;
    private final MasterQueue queue;

    Retries(JobControl control, MasterQueue queue) {
        this.control = control;
        this.queue = queue;
    }

    /**
     * Retries a job.
     *
     * @param owner the user that must own the job; null for any user
     * @return the job, PENDING and queued
     * @throws ProblemException when the job does not exist, cannot be retried now, or could not be queued
     */
    Job retry(JobId id, @Nullable UserId owner) {
        return switch (control.retry(id, owner)) {
            case Retrying.Retried(Job job) -> sent(job);
            case Retrying.NotOver(var status) ->
                throw ProblemException.of(
                        ProblemType.NOT_RETRYABLE,
                        "The job is " + status + "; only a job that is FAILED or CANCELLED can be retried. "
                                + (status.isTerminal()
                                        ? "To compute it again, submit a new job."
                                        : "Cancel it first, or wait until it ends."));
            case Retrying.Unknown _ -> throw JobIds.unknown();
            case Retrying.Contended _ -> throw contended();
        };
    }

    private Job sent(Job job) {
        if (!queue.sendAgain(JobMessage.of(job))) {
            throw queue.unavailable(
                    "The job was reopened but could not be queued. The service queues it within minutes. To"
                            + " queue it sooner, send the same request again after Retry-After.");
        }
        return job;
    }

    static ProblemException contended() {
        return ProblemException.unavailable(
                ProblemType.BUSY,
                "The job is being changed by other requests and was not changed by this one. Send the same request"
                        + " again after Retry-After.",
                CONTENDED_RETRY_AFTER,
                null);
    }
}
