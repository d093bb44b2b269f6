package io.renderfleet.api.admin;

import io.renderfleet.api.admin.LetterRun.Outcome;
import io.renderfleet.api.queue.MasterQueue;
import io.renderfleet.job.JobControl;
import io.renderfleet.job.JobControl.Retrying;
import io.renderfleet.job.JobError;
import io.renderfleet.job.JobRecovery;
import io.renderfleet.job.UnreadableJobException;
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
 * What an operator may do with one dead letter: send its job again, or delete it.
 *
 * <p>To send the job again means to end it, if it still waits for the letter, to open it again, to send it, and only
 * then to delete the letter. Each step is one write or one call, and the next is taken only after it succeeded, so that
 * stopping anywhere and repeating from the start is safe:
 *
 * <table>
 * <caption>What is there when it stops</caption>
 * <tr><th>after</th><th>and then</th></tr>
 * <tr><td>nothing</td><td>The letter is as it was.</td></tr>
 * <tr><td>the job was ended</td><td>The repeat finds it FAILED under the letter's epoch, and goes on from there.</td></tr>
 * <tr><td>the job was opened again</td><td>It is PENDING under the next epoch. The distributors' watchdog sends it; the
 *     letter carries the old epoch and is obsolete at the next look, by us or by the reaper.</td></tr>
 * <tr><td>the message was sent</td><td>The same, without the wait.</td></tr>
 * </table>
 *
 * <p>Two operators at once do no harm either: of two writes that open one job, one finds it FAILED; the other is told of
 * the open job and sends a second message of its epoch, which is dropped where the job is routed or claimed.
 */
@Component
class LetterActions {
    private static final JobError CRASH_LOOP = new JobError(
            "worker-crash-loop",
            "Every worker that took the job died or fell silent. Its attempts say where and when; an operator can send"
                    + " it again once the cause is known.");
    private static final JobError ROUTING_FAILED = new JobError(
            "routing-failed",
            "The job could not be given to any region, again and again. An operator can send it again once the cause is"
                    + " known.");
    private static final Logger log = LoggerFactory.getLogger(LetterActions.class);

    private final JobRecovery recovery;
    private final JobControl control;
    private final MasterQueue master;

    LetterActions(JobRecovery recovery, JobControl control, MasterQueue master) {
        this.recovery = recovery;
        this.control = control;
        this.master = master;
    }

    /** Takes the letter as far as it goes. A letter that is not deleted is still the caller's to release. */
    Outcome redrive(DeadLetterQueue queue, DeadLetter letter, LetterCause cause) {
        try {
            return take(RedriveStep.of(cause), queue, letter);
        } catch (SdkException | QueueUnavailableException | UnreadableJobException e) {
            log.warn("A letter of {} could not be sent again: {}", queue.name(), e.getMessage());
            return Outcome.FAILED;
        }
    }

    /**
     * Deletes the letter. A job that still waits for it is ended first: it can be retried as any failed job. A letter that
     * is not deleted is still the caller's to release.
     */
    Outcome delete(DeadLetterQueue queue, DeadLetter letter, LetterCause cause) {
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
            log.warn("A letter of {} could not be deleted: {}", queue.name(), e.getMessage());
            return Outcome.FAILED;
        }
    }

    private RedriveStep endJob(DeadLetterQueue queue, DeadLetter letter) {
        JobMessage message = message(letter);
        return RedriveStep.of(recovery.deadLetter(
                message.jobId(), message.routeEpoch(), queue.region() == null ? ROUTING_FAILED : CRASH_LOOP));
    }

    private Outcome take(RedriveStep step, DeadLetterQueue queue, DeadLetter letter) {
        return switch (step) {
            case KEEP -> Outcome.KEPT;
            case DELETE -> {
                queue.delete(letter);
                yield Outcome.OBSOLETE;
            }
            case END_JOB -> take(endJob(queue, letter), queue, letter);
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
            log.debug("A letter outlives its redrive; it is obsolete", e);
        }
        return Outcome.REDRIVEN;
    }

    private static JobMessage message(DeadLetter letter) {
        return Objects.requireNonNull(letter.message(), "an unreadable letter is kept");
    }
}
