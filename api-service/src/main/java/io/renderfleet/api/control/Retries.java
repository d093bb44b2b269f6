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
 * Opens jobs again and sends them. The write comes first: a message that got there before it would be void. A crash, or
 * a failed send, after the write leaves an open job without a message: a repeat of the call sends it, and so does the
 * distributors' watchdog when its time to be looked at comes. Two messages of one route epoch are one job: the second is
 * dropped where the job is routed or claimed.
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
     * The job, PENDING and queued; {@link ProblemException} otherwise.
     *
     * @param owner whose job it must be; null for anyone's
     */
    Job retry(JobId id, @Nullable UserId owner) {
        return switch (control.retry(id, owner)) {
            case Retrying.Retried(Job job) -> sent(job);
            case Retrying.NotOver(var status) ->
                throw ProblemException.of(
                        ProblemType.NOT_RETRYABLE,
                        "The job is " + status + "; only a job that is FAILED or CANCELLED can be retried. "
                                + (status.isTerminal()
                                        ? "Submit it again for another result."
                                        : "Cancel it first, or wait for its end."));
            case Retrying.Unknown _ -> throw JobIds.unknown();
            case Retrying.Contended _ -> throw contended();
        };
    }

    private Job sent(Job job) {
        if (!queue.sendAgain(JobMessage.of(job))) {
            throw queue.unavailable("The job is open again, but could not be queued. It will be in a while, by itself,"
                    + " or at once when the same request is sent again after Retry-After.");
        }
        return job;
    }

    static ProblemException contended() {
        return ProblemException.unavailable(
                ProblemType.BUSY,
                "The job kept changing and was left as it is. Send the same request again after Retry-After.",
                CONTENDED_RETRY_AFTER,
                null);
    }
}
