package io.renderfleet.api.control;

import io.renderfleet.api.admission.Admission;
import io.renderfleet.api.admission.Admission.Permit;
import io.renderfleet.api.lookup.JobIds;
import io.renderfleet.api.progress.JobFollowers;
import io.renderfleet.api.queue.MasterQueue;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobControl;
import io.renderfleet.job.JobControl.Retrying;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobStatus;
import io.renderfleet.job.JobStore;
import io.renderfleet.job.UserId;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemType;
import io.renderfleet.queue.JobMessage;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Reopens jobs and sends their messages. A retry passes the same limits as a submission, because it makes as much work.
 *
 * <p>The job is written first, because a message with an older route epoch would be void. If the process stops or the
 * send fails after the write, the job is open without a message; a repeat of the call sends the message, and otherwise
 * the distributors' watchdog does. A second message with the same route epoch is dropped when the job is routed or
 * claimed.
 */
@Component
class Retries {
    private static final Duration CONTENDED_RETRY_AFTER = Duration.ofSeconds(1);

    private final JobStore jobs;
    private final JobControl control;
    private final MasterQueue queue;
    private final Admission admission;
    private final JobFollowers followers;

    Retries(JobStore jobs, JobControl control, MasterQueue queue, Admission admission, JobFollowers followers) {
        this.jobs = jobs;
        this.control = control;
        this.queue = queue;
        this.admission = admission;
        this.followers = followers;
    }

    /**
     * Retries a job.
     *
     * @param owner the user that must own the job; null for any user
     * @return the job, PENDING and queued
     * @throws ProblemException when the job does not exist, cannot be retried now, could not be queued, or when a limit
     *     is reached
     */
    Job retry(JobId id, @Nullable UserId owner) {
        Job found = jobs.find(id)
                .filter(job -> owner == null || job.userId().equals(owner))
                .orElseThrow(JobIds::unknown);
        if (!mayRun(found.status())) {
            throw notRetryable(found.status());
        }
        if (!found.status().isTerminal()) {
            // An earlier call may have reopened it. It is one of the user's open jobs already.
            admission.admitRepeat(found.userId());
            return sent(reopen(id, owner));
        }
        Permit permit = admission.admit(found.userId(), found.pool());
        boolean reopened = false;
        try {
            Job job = reopen(id, owner);
            reopened = true;
            return sent(job);
        } finally {
            if (reopened) {
                permit.accepted();
            } else {
                permit.unused();
            }
        }
    }

    private static boolean mayRun(JobStatus status) {
        return status == JobStatus.PENDING || (status.isTerminal() && status.canBecome(JobStatus.PENDING));
    }

    private Job reopen(JobId id, @Nullable UserId owner) {
        return switch (control.retry(id, owner)) {
            case Retrying.Retried(Job job) -> {
                followers.accepted(job.userId(), job.id());
                yield job;
            }
            case Retrying.NotOver(var status) -> throw notRetryable(status);
            case Retrying.Unknown _ -> throw JobIds.unknown();
            case Retrying.Contended _ -> throw contended();
        };
    }

    private static ProblemException notRetryable(JobStatus status) {
        return ProblemException.of(
                ProblemType.NOT_RETRYABLE,
                "The job is " + status + "; only a job that is FAILED or CANCELLED can be retried. "
                        + (status.isTerminal()
                                ? "To compute it again, submit a new job."
                                : "Cancel it first, or wait until it ends."));
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
