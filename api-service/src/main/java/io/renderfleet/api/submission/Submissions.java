package io.renderfleet.api.submission;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.renderfleet.api.admission.Admission;
import io.renderfleet.api.admission.Admission.Permit;
import io.renderfleet.api.queue.MasterQueue;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobPayload;
import io.renderfleet.job.JobStatus;
import io.renderfleet.job.JobStore;
import io.renderfleet.job.JobStore.SubmitOutcome;
import io.renderfleet.job.NewJob;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemType;
import io.renderfleet.telemetry.FleetMetric;
import io.renderfleet.telemetry.JobTraces;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Accepts a job: stores it, sends its message, and returns only when both are safe. Who is told yes has a job that
 * will run; who is told no, or nothing, may send the same request again and never gets a second job.
 *
 * <p>A job costs one write and its share of a batch of messages, besides what its type looks up. The conditional write
 * alone tells a new job from a repeat, so nothing is read before it.
 *
 * <p>When the message cannot be sent, the job is withdrawn. Meanwhile a repeat may be under way, which found the item
 * and knows nothing of the failing send. How the two, F and R, can interleave:
 *
 * <table>
 * <caption>F stores, then its send fails; R is the same request again</caption>
 * <tr><th>order</th><th>what keeps the promise</th></tr>
 * <tr><td>F withdraws, R stores</td><td>R's item is new, and R sends for it.</td></tr>
 * <tr><td>R finds the item, F withdraws, R confirms</td>
 *     <td>The confirmation needs an item: it is refused, R looks again, stores its own and sends for it.</td></tr>
 * <tr><td>R finds the item, R confirms, F withdraws</td> <td>The withdrawal needs an unconfirmed item: it is refused. R
 *     sends; F looks again and repeats as R did.</td></tr>
 * <tr><td>R confirms, R's send fails too</td>
 *     <td>Neither is told yes. The item stays, for the next repeat or for the watchdog of open jobs.</td></tr>
 * <tr><td>F's send only seemed to fail, and the message is routed before F withdraws</td> <td>The withdrawal needs an
 *     unrouted item: it is refused, and F, looking again, finds the job on its way.</td></tr>
 * <tr><td>F's send only seemed to fail, F withdraws, the message arrives</td>
 *     <td>It names a job that does not exist, or the one that R stored since: it is dropped or does R's work.</td></tr>
 * <tr><td>F withdraws, the answer is lost, R stores, F's client repeats the deletion</td>
 *     <td>The withdrawal names the creation it means, and R's is another.</td></tr>
 * </table>
 *
 * <p>A refused withdrawal is therefore never read as a yes: it may also mean that the item is gone.
 */
@Component
class Submissions {
    private static final Logger log = LoggerFactory.getLogger(Submissions.class);

    /** Each further look means that another request moved the same job in between. */
    private static final int MAX_LOOKS = 4;

    private final JobStore store;
    private final MasterQueue queue;
    private final StoreSlots slots;
    private final Admission admission;
    private final MeterRegistry meters;
    private final JobTraces traces;
    private final Clock clock;

    Submissions(
            JobStore store,
            MasterQueue queue,
            StoreSlots slots,
            Admission admission,
            MeterRegistry meters,
            JobTraces traces,
            Clock clock) {
        this.store = store;
        this.queue = queue;
        this.slots = slots;
        this.admission = admission;
        this.meters = meters;
        this.traces = traces;
        this.clock = clock;
    }

    /**
     * A job that is stored and queued.
     *
     * @param replayed whether an earlier request had stored it
     */
    record Accepted(JobId id, boolean replayed) {}

    /** Room for the job, to be used by {@link #accept(Submission, Permit)}; {@link ProblemException} without. */
    Permit admit(Submission submission) {
        try {
            return admission.admit(submission.userId(), submission.pool());
        } catch (ProblemException e) {
            throw counted(submission, e);
        }
    }

    /** {@link ProblemException} when the job is refused or could not be made safe; the SDK's when AWS is away. */
    Accepted accept(Submission submission) {
        return accept(submission, admit(submission));
    }

    /** As {@link #accept(Submission)}, with the room that was made for it. */
    Accepted accept(Submission submission, Permit permit) {
        boolean isNew = false;
        try {
            Accepted accepted = traces.in(submission.id().uuid(), "submit", () -> decide(submission));
            count(submission, accepted.replayed() ? "replayed" : "accepted");
            isNew = !accepted.replayed();
            return accepted;
        } catch (ProblemException e) {
            throw counted(submission, e);
        } catch (SdkException e) {
            count(submission, "unavailable");
            throw e;
        } finally {
            if (isNew) {
                permit.accepted();
            } else {
                permit.unused();
            }
        }
    }

    private Accepted decide(Submission submission) {
        if (!submission.named() && queue.isUnavailable(submission.pool())) {
            // It would be stored and withdrawn again. One with an id may be there already, and then needs no queue.
            throw unavailable();
        }
        JobPayload payload;
        try {
            payload = submission.payload().payload();
        } catch (ProblemException e) {
            return replayWithoutPayload(submission, e);
        }
        boolean ours = false;
        for (int looks = 0; looks < MAX_LOOKS; looks++) {
            NewJob job = submission.toJob(payload, clock.instant());
            Optional<Accepted> accepted = switch (slots.store(job, () -> store.submit(job))) {
                case SubmitOutcome.Stored stored -> {
                    ours = true;
                    yield sent(submission, job.createdAt());
                }
                case SubmitOutcome.Replayed replayed -> repeated(submission, replayed.job(), ours);
                case SubmitOutcome.Conflicting conflicting -> throw conflict(submission);
                case SubmitOutcome.Contended _ -> throw new IllegalStateException("a contended job is tried again");
            };
            if (accepted.isPresent()) {
                return accepted.get();
            }
        }
        throw unavailable();
    }

    /** Empty when somebody else moved the job while its message could not be sent. */
    private Optional<Accepted> sent(Submission submission, Instant createdAt) {
        if (queue.send(submission.toMessage())) {
            return Optional.of(new Accepted(submission.id(), false));
        }
        boolean withdrawn;
        try {
            withdrawn = slots.in(() -> store.withdraw(submission.id(), createdAt));
        } catch (SdkException | ProblemException e) {
            log.warn(
                    "Job {} stays stored without a message: it could not be withdrawn: {}",
                    submission.id(),
                    e.getMessage());
            throw unavailable();
        }
        if (withdrawn) {
            throw unavailable();
        }
        return Optional.empty();
    }

    /** Empty when the job was withdrawn or routed since it was seen. */
    private Optional<Accepted> repeated(Submission submission, Job stored, boolean ours) {
        if (stored.status() == JobStatus.PENDING && stored.routeEpoch() == 0) {
            // Its message may never have been sent. A second one is dropped where it arrives.
            if (!slots.in(() -> store.confirm(stored.id(), stored.createdAt()))) {
                return Optional.empty();
            }
            if (!queue.send(submission.toMessage())) {
                throw unavailable();
            }
        }
        return Optional.of(new Accepted(stored.id(), submission.named() && !ours));
    }

    /** A repeat stays one when what it refers to is gone; anything else needs that. */
    private Accepted replayWithoutPayload(Submission submission, ProblemException problem) {
        Optional<Job> stored = submission.named() ? slots.in(() -> store.find(submission.id())) : Optional.empty();
        if (stored.isPresent()) {
            Job job = stored.get();
            if (!job.requestHash().equals(submission.requestHash())
                    || !job.userId().equals(submission.userId())) {
                throw conflict(submission);
            }
            Optional<Accepted> accepted = repeated(submission, job, false);
            if (accepted.isPresent()) {
                return accepted.get();
            }
        }
        throw problem;
    }

    private static ProblemException conflict(Submission submission) {
        return ProblemException.of(
                ProblemType.IDEMPOTENCY_CONFLICT,
                "Job " + submission.id() + " was submitted before with another body. Use a new id or Idempotency-Key"
                        + " for a new job, or send the first body again.");
    }

    private ProblemException unavailable() {
        return queue.unavailable(
                "The job could not be queued and was not accepted. Send the same request again after Retry-After.");
    }

    private ProblemException counted(Submission submission, ProblemException problem) {
        count(submission, problem.type().status().is5xxServerError() ? "unavailable" : "refused");
        return problem;
    }

    private void count(Submission submission, String outcome) {
        Counter.builder(FleetMetric.API_SUBMISSIONS.metricName())
                .description(FleetMetric.API_SUBMISSIONS.description())
                .tag("outcome", outcome)
                .tag("pool", submission.pool().value())
                .register(meters)
                .increment();
    }
}
