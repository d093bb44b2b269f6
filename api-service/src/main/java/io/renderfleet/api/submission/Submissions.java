package io.renderfleet.api.submission;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.renderfleet.api.admission.Admission;
import io.renderfleet.api.admission.Admission.Permit;
import io.renderfleet.api.progress.JobFollowers;
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
import io.renderfleet.telemetry.TraceParent;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Submits a job: stores it, sends its message, and returns only when both are confirmed. A client that gets an accepted
 * job has a job that will run. A client that gets a refusal or no response can send the same request again, and never
 * gets a second job.
 *
 * <p>A submission costs one write and a share of a batch of messages, plus what the job type reads. The conditional
 * write distinguishes a new job from a repeat, so nothing is read before it.
 *
 * <p>If the message cannot be sent, the job is withdrawn. At the same time, a repeat of the request may have found the
 * item without knowing that the send failed. The two requests can interleave as follows:
 *
 * <table>
 * <caption>F stores the item and its send fails; R is a repeat of the same request</caption>
 * <tr><th>sequence</th><th>why the guarantee holds</th></tr>
 * <tr><td>F withdraws, R stores</td><td>R's item is new, and R sends its message.</td></tr>
 * <tr><td>R finds the item, F withdraws, R confirms</td> <td>The confirmation fails because it needs an item. R tries
 *     again, stores its own item and sends its message.</td></tr>
 * <tr><td>R finds the item, R confirms, F withdraws</td> <td>The withdrawal fails because it needs an unconfirmed item.
 *     R sends; F tries again and proceeds as R did.</td></tr>
 * <tr><td>R confirms, R's send fails too</td>
 *     <td>Both are refused. The item stays, for the next repeat or for the distributors' watchdog.</td></tr>
 * <tr><td>F's send succeeded although it was reported as failed, and the message is routed before F withdraws</td>
 *     <td>The withdrawal fails because it needs an unrouted item. F tries again and finds the routed job.</td></tr>
 * <tr><td>F's send succeeded although it was reported as failed, F withdraws, the message arrives</td>
 *     <td>The message is for a job that does not exist, and is dropped, or for the job that R stored since.</td></tr>
 * <tr><td>F withdraws, the response is lost, R stores, F's DynamoDB client repeats the deletion</td>
 *     <td>The withdrawal is conditional on the creation time, which differs for R's item.</td></tr>
 * </table>
 *
 * <p>A withdrawal that fails never means that the job is accepted, because the item may also be gone.
 */
@Component
class Submissions {
    private static final Logger log = LoggerFactory.getLogger(Submissions.class);

    /** The number of tries. Each further try means that another request changed the same job in between. */
    private static final int MAX_TRIES = 4;

    private final JobStore store;
    private final MasterQueue queue;
    private final StoreSlots slots;
    private final Admission admission;
    private final JobFollowers followers;
    private final MeterRegistry meters;
    private final JobTraces traces;
    private final Clock clock;

    Submissions(
            JobStore store,
            MasterQueue queue,
            StoreSlots slots,
            Admission admission,
            JobFollowers followers,
            MeterRegistry meters,
            JobTraces traces,
            Clock clock) {
        this.store = store;
        this.queue = queue;
        this.slots = slots;
        this.admission = admission;
        this.followers = followers;
        this.meters = meters;
        this.traces = traces;
        this.clock = clock;
    }

    /**
     * A job that is stored and queued.
     *
     * @param replayed whether an earlier request stored the job
     */
    record Accepted(JobId id, boolean replayed) {}

    /** Admits the job; throws a {@link ProblemException} when a limit is reached. */
    Permit admit(Submission submission) {
        try {
            return admission.admit(submission.userId(), submission.pool());
        } catch (ProblemException e) {
            throw counted(submission, e);
        }
    }

    /**
     * Admits, stores and queues a job.
     *
     * @throws ProblemException when the job is refused, or could not be stored or queued
     * @throws SdkException when a call to DynamoDB fails
     */
    Accepted accept(Submission submission) {
        return accept(submission, admit(submission));
    }

    /** Stores and queues a job that was admitted. */
    Accepted accept(Submission submission, Permit permit) {
        boolean isNew = false;
        try {
            Accepted accepted = traces.in(
                    submission.id().uuid(), TraceParent.current().orElse(null), "submit", () -> decide(submission));
            count(submission, accepted.replayed() ? "replayed" : "accepted");
            isNew = !accepted.replayed();
            if (isNew) {
                followers.accepted(submission.userId(), accepted.id());
            }
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
            // The job would be stored and withdrawn again. A job with a client's id may already be stored and need no
            // queue.
            throw unavailable();
        }
        JobPayload payload;
        try {
            payload = submission.payload().payload(submission.userId());
        } catch (ProblemException e) {
            return replayWithoutPayload(submission, e);
        }
        boolean storedByThisRequest = false;
        for (int tries = 0; tries < MAX_TRIES; tries++) {
            NewJob job = submission.toJob(payload, clock.instant());
            Optional<Accepted> accepted = switch (slots.store(job, () -> store.submit(job))) {
                case SubmitOutcome.Stored stored -> {
                    storedByThisRequest = true;
                    yield sent(submission, job.createdAt());
                }
                case SubmitOutcome.Replayed replayed -> repeated(submission, replayed.job(), storedByThisRequest);
                case SubmitOutcome.Conflicting conflicting -> throw conflict(submission);
                case SubmitOutcome.Contended _ ->
                    throw new IllegalStateException("StoreSlots tries again while a job is contended");
            };
            if (accepted.isPresent()) {
                return accepted.get();
            }
        }
        throw unavailable();
    }

    /** Sends the message of a stored job; empty when another request changed the job after the send failed. */
    private Optional<Accepted> sent(Submission submission, Instant createdAt) {
        if (queue.send(submission.toMessage())) {
            return Optional.of(new Accepted(submission.id(), false));
        }
        boolean withdrawn;
        try {
            withdrawn = slots.in(() -> store.withdraw(submission.id(), createdAt));
        } catch (SdkException | ProblemException e) {
            log.warn(
                    "Job {} could not be queued and could not be withdrawn; the distributors' watchdog will send it:"
                            + " {}",
                    submission.id(),
                    e.getMessage());
            throw unavailable();
        }
        if (withdrawn) {
            throw unavailable();
        }
        return Optional.empty();
    }

    /**
     * Confirms a repeat and sends the message if needed; empty when the job was withdrawn or routed in the meantime.
     */
    private Optional<Accepted> repeated(Submission submission, Job stored, boolean storedByThisRequest) {
        if (stored.status() == JobStatus.PENDING && stored.routeEpoch() == 0) {
            // The message may not have been sent. A second copy is dropped when it is routed.
            if (!slots.in(() -> store.confirm(stored.id(), stored.createdAt()))) {
                return Optional.empty();
            }
            if (!queue.send(submission.toMessage())) {
                throw unavailable();
            }
        }
        return Optional.of(new Accepted(stored.id(), submission.named() && !storedByThisRequest));
    }

    /** Accepts a repeat although the payload cannot be made any more, for instance because a design was deleted. */
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
                "Job " + submission.id() + " was already submitted with a different request body. Use a new jobId or"
                        + " Idempotency-Key for a new job, or repeat the first request unchanged.");
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
