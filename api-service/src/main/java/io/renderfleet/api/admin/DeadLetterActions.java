package io.renderfleet.api.admin;

import io.renderfleet.api.admin.DeadLetterProcessor.Outcome;
import io.renderfleet.api.admission.Admission;
import io.renderfleet.api.admission.Admission.Permit;
import io.renderfleet.api.queue.MasterQueue;
import io.renderfleet.job.JobControl;
import io.renderfleet.job.JobControl.Retrying;
import io.renderfleet.job.JobError;
import io.renderfleet.job.JobRecovery;
import io.renderfleet.job.UnreadableJobException;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.queue.DeadLetterQueue;
import io.renderfleet.queue.DeadLetterQueue.DeadLetter;
import io.renderfleet.queue.JobMessage;
import io.renderfleet.queue.QueueUnavailableException;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * The actions that an operator can take on one dead letter: redrive it or delete it.
 *
 * <p>A redrive ends the job if it still waits for the letter, reopens it, sends its message, and then deletes the
 * letter. Each step is one write or one call and starts only after the previous one succeeded, so a redrive that stops
 * at any point can be repeated from the start:
 *
 * <table>
 * <caption>State after an interrupted redrive</caption>
 * <tr><th>last step that succeeded</th><th>state, and what a repeat does</th></tr>
 * <tr><td>none</td><td>The letter is unchanged.</td></tr>
 * <tr><td>the job was ended</td><td>The job is FAILED with the letter's route epoch. A repeat continues from
 *     there.</td></tr>
 * <tr><td>the job was reopened</td><td>The job is PENDING with the next route epoch, and the distributors' watchdog
 *     sends its message. The letter has the old epoch: the next redrive or the reaper deletes it as obsolete.</td></tr>
 * <tr><td>the message was sent</td><td>As above, and the job does not have to wait for the watchdog.</td></tr>
 * </table>
 *
 * <p>Two operators may redrive the same letter at the same time. Only one of their writes reopens the job; the other
 * operator's call finds the job open and sends a second message with the same route epoch, which is dropped when the
 * job is routed or claimed.
 */
@Component
class DeadLetterActions {
    private static final JobError CRASH_LOOP = new JobError(
            "worker-crash-loop",
            "Every worker that claimed the job died or stopped renewing its lease. The job's attempts show where and"
                    + " when. Once the cause is fixed, an operator can redrive the job.");
    private static final JobError ROUTING_FAILED = new JobError(
            "routing-failed",
            "The job could not be routed to any region after repeated tries. Once the cause is fixed, an operator can"
                    + " redrive the job.");
    private static final Logger log = LoggerFactory.getLogger(DeadLetterActions.class);

    private final JobRecovery recovery;
    private final JobControl control;
    private final MasterQueue master;
    private final Admission admission;

    DeadLetterActions(JobRecovery recovery, JobControl control, MasterQueue master, Admission admission) {
        this.recovery = recovery;
        this.control = control;
        this.master = master;
        this.admission = admission;
    }

    /** Redrives the letter. The caller releases the letter unless {@link Outcome#isGone}. */
    Outcome redrive(DeadLetterQueue queue, DeadLetter letter, DeadLetterCause cause) {
        RedriveStep first = RedriveStep.of(cause);
        try {
            return switch (first) {
                case KEEP, DELETE -> apply(first, queue, letter);
                case END_JOB, RETRY -> admitted(first, queue, letter);
            };
        } catch (ProblemException e) {
            log.warn(
                    "Could not redrive the dead letter {} in {}; it stays there, repeat the request later: {}",
                    letter.messageId(),
                    queue.name(),
                    e.getMessage());
            return Outcome.FAILED;
        } catch (SdkException | QueueUnavailableException | UnreadableJobException e) {
            log.warn(
                    "Could not redrive the dead letter {} in {}; it stays there, repeat the request: {}",
                    letter.messageId(),
                    queue.name(),
                    e.getMessage());
            return Outcome.FAILED;
        }
    }

    /**
     * Deletes the letter. A job that still waits for the letter is ended first; it can be retried like any failed job.
     * The caller releases the letter unless {@link Outcome#isGone}.
     */
    Outcome delete(DeadLetterQueue queue, DeadLetter letter, DeadLetterCause cause) {
        try {
            boolean needed = switch (cause) {
                case UNREADABLE, UNKNOWN_JOB, OBSOLETE -> false;
                case UNREADABLE_JOB -> true;
                case WORKER_CRASH_LOOP, ROUTING_FAILED -> endJob(queue, letter) == RedriveStep.KEEP;
            };
            if (needed) {
                return Outcome.KEPT;
            }
            queue.delete(letter);
            return Outcome.DELETED;
        } catch (SdkException | QueueUnavailableException | UnreadableJobException e) {
            log.warn(
                    "Could not delete the dead letter {} in {}; it stays there, repeat the request: {}",
                    letter.messageId(),
                    queue.name(),
                    e.getMessage());
            return Outcome.FAILED;
        }
    }

    /** Asks for admission before the first write, so that a job for which there is no room is not ended either. */
    private Outcome admitted(RedriveStep first, DeadLetterQueue queue, DeadLetter letter) {
        JobMessage message = message(letter);
        Permit permit = admission.admitForOperator(message.userId(), message.pool());
        boolean redriven = false;
        try {
            Outcome outcome = apply(first, queue, letter);
            redriven = outcome == Outcome.REDRIVEN;
            return outcome;
        } finally {
            if (redriven) {
                permit.accepted();
            } else {
                permit.unused();
            }
        }
    }

    private RedriveStep endJob(DeadLetterQueue queue, DeadLetter letter) {
        JobMessage message = message(letter);
        return RedriveStep.of(recovery.deadLetter(
                message.jobId(), message.routeEpoch(), queue.region() == null ? ROUTING_FAILED : CRASH_LOOP));
    }

    private Outcome apply(RedriveStep step, DeadLetterQueue queue, DeadLetter letter) {
        return switch (step) {
            case KEEP -> Outcome.KEPT;
            case DELETE -> {
                queue.delete(letter);
                yield Outcome.OBSOLETE;
            }
            case END_JOB -> apply(endJob(queue, letter), queue, letter);
            case RETRY ->
                control.retry(message(letter).jobId(), null) instanceof Retrying.Retried retried
                                && master.sendAgain(JobMessage.of(retried.job()))
                        ? sent(queue, letter)
                        : Outcome.FAILED;
        };
    }

    private static Outcome sent(DeadLetterQueue queue, DeadLetter letter) {
        try {
            queue.delete(letter);
        } catch (QueueUnavailableException e) {
            log.debug("The redriven dead letter {} could not be deleted; it is obsolete now", letter.messageId(), e);
        }
        return Outcome.REDRIVEN;
    }

    private static JobMessage message(DeadLetter letter) {
        return Objects.requireNonNull(letter.message(), "a letter that is not a message of this system is kept");
    }
}
