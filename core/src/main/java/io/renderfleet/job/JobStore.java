package io.renderfleet.job;

import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromS;

import io.renderfleet.region.RegionId;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Stores the state of every job: one item in the home region. Each change of state is one conditional write. When
 * several services attempt the same change at the same time, exactly one of them succeeds, and each of the others
 * receives an outcome that names the reason.
 *
 * <p>Thread-safe. Errors of DynamoDB are thrown as the SDK's exceptions, after the configured retries.
 */
public final class JobStore {
    /**
     * The largest number of jobs of one {@link #cancelRequested} or {@link #statuses} call, which is the limit of
     * BatchGetItem.
     */
    public static final int MAX_CHECKED = 100;

    private final JobDatabase database;
    private final Acceptance acceptance;
    private final Claims claims;
    private final AttemptWrites attempts;
    private final Payloads payloads;

    public JobStore(JobDatabase database) {
        this.database = database;
        this.acceptance = new Acceptance(database);
        this.claims = new Claims(database);
        this.attempts = new AttemptWrites(database);
        this.payloads = new Payloads(database);
    }

    /** The outcome of {@link #submit}. */
    public sealed interface SubmitOutcome {

        /** The job is stored, and is PENDING. */
        record Stored() implements SubmitOutcome {}

        /** The id exists, with the same request: answer as for the first submission. */
        record Replayed(Job job) implements SubmitOutcome {}

        /** The id exists, with a different request or another user. Nothing was changed. */
        record Conflicting() implements SubmitOutcome {}

        /**
         * Another job of the same ordering key was stored at the same time, and this one was not stored. Try again
         * after a random pause. Never returned for a job without an ordering key.
         */
        record Contended() implements SubmitOutcome {}
    }

    /**
     * Stores a job, unless its id exists. When the response to the write was lost and the client repeats the write,
     * the outcome is {@link SubmitOutcome.Replayed} with the job itself. A job with an ordering key is appended to the
     * key's jobs. That is one attempt without a pause: the caller decides how long, and how many callers, wait for one
     * key.
     */
    public SubmitOutcome submit(NewJob job) {
        return acceptance.submit(job);
    }

    /**
     * Prevents {@link #withdraw} from deleting a job that has not been routed yet. A repeated submission calls this
     * before it sends the job's message again.
     *
     * @param createdAt of the job that was read: a later submission of the same id is another job
     * @return false when the job was withdrawn or routed in the meantime
     */
    public boolean confirm(JobId id, Instant createdAt) {
        return acceptance.confirm(id, createdAt);
    }

    /**
     * Deletes a job whose message could not be sent.
     *
     * @param createdAt of the job to delete. It protects a job that was submitted with the same id after the first
     *     delete succeeded, when the response to that delete was lost and the SDK repeats it.
     * @return false when the job can no longer be withdrawn: its message arrived, a repeated submission confirmed it,
     *     another job of its ordering key follows it, or it does not exist
     */
    public boolean withdraw(JobId id, Instant createdAt) {
        return acceptance.withdraw(id, createdAt);
    }

    /** The outcome of {@link #route}. */
    public sealed interface RouteOutcome {

        /** The route is stored: forward the message with this epoch. */
        record Routed(int epoch) implements RouteOutcome {}

        /**
         * The job was routed before, by this message or by a newer one, and has not started. The distributor that
         * stored that route may have stopped before it forwarded the message: forward the message with this epoch to
         * this region. If it is a second copy, the claim drops it; without it, the job would be lost.
         */
        record RoutedBefore(RegionId region, int epoch) implements RouteOutcome {}

        /** A worker holds the job and has received this message from its region: do not touch the message. */
        record Held() implements RouteOutcome {}

        /** The job no longer depends on this message: delete it. */
        record Superseded(JobStatus status) implements RouteOutcome {}

        /** The job does not exist. */
        record Unknown() implements RouteOutcome {}
    }

    /**
     * Stores the region that a job is routed to, before its message is forwarded there.
     *
     * @param epoch the route epoch of the message
     */
    public RouteOutcome route(JobId id, int epoch, RegionId region) {
        Instant now = database.now();
        ConditionalUpdate update = new ConditionalUpdate()
                .set(JobItem.REGION, fromS(region.value()))
                .set(JobItem.ROUTE_EPOCH, JobItem.number(epoch + 1L))
                .set(JobItem.ROUTED_AT, JobItem.time(now))
                .set(JobItem.UPDATED_AT, JobItem.time(now))
                .when(JobItem.STATUS, fromS(JobStatus.PENDING.name()))
                .when(JobItem.ROUTE_EPOCH, JobItem.number(epoch))
                .remove(JobItem.UNSENT, JobItem.RESENT_AT);
        return switch (database.apply(update, id)) {
            case ConditionalUpdate.Applied _ -> new RouteOutcome.Routed(epoch + 1);
            case ConditionalUpdate.Rejected(var current) ->
                current.map(JobItem::read).map(job -> lostRoute(job, epoch)).orElseGet(RouteOutcome.Unknown::new);
        };
    }

    private static RouteOutcome lostRoute(Job job, int epoch) {
        if (job.status() == JobStatus.PROCESSING && job.routeEpoch() == epoch) {
            return new RouteOutcome.Held();
        }
        return job.status() == JobStatus.PENDING && job.routeEpoch() > epoch && job.region() != null
                ? new RouteOutcome.RoutedBefore(job.region(), job.routeEpoch())
                : new RouteOutcome.Superseded(job.status());
    }

    /** The outcome of {@link #claim}. */
    public sealed interface ClaimOutcome {

        /** The job is PROCESSING, and the claimant has its lease. */
        record Claimed(Job job) implements ClaimOutcome {}

        /** The job is over: delete the message. */
        record Terminal(JobStatus status) implements ClaimOutcome {}

        /** The message's route epoch is older than the item's, because the job was routed again: delete the message. */
        record Superseded(int currentEpoch) implements ClaimOutcome {}

        /** Another worker holds the job: do not run it, and hide the message until this time. */
        record LeaseLive(Instant until) implements ClaimOutcome {}

        /**
         * The message's route epoch is newer than the item's, which no service writes: keep the message and report it.
         */
        record FromTheFuture(int currentEpoch) implements ClaimOutcome {}

        /** This preceding job of the same ordering key is not over: defer the message to the end of the queue. */
        record OutOfTurn(Job before) implements ClaimOutcome {}

        /** The job does not exist. */
        record Unknown() implements ClaimOutcome {}
    }

    /**
     * Claims a job for a worker, also from a worker whose lease has expired. A job whose start deadline has passed
     * becomes FAILED. When the response to the write was lost and the client repeats the write, the outcome is
     * {@link ClaimOutcome.Claimed} with the same attempt, because the claim recognizes its own token in the item. A
     * second call is another claim, which finds the lease of the first one.
     *
     * @param epoch the route epoch of the message
     * @param region the worker's region
     * @param lease how long the lease is valid without a renewal
     * @throws UnreadableJobException when a newer version wrote the job, which is not changed
     */
    public ClaimOutcome claim(JobId id, int epoch, RegionId region, WorkerId worker, Duration lease) {
        return claims.claim(id, epoch, region, worker, lease);
    }

    /** The outcome of {@link #heartbeat} and {@link #progress}. */
    public enum HeartbeatOutcome {
        /** The worker has the lease: continue. */
        RENEWED,
        /**
         * Cancellation was requested: stop the attempt. The worker still has the lease, so that it can store the end.
         */
        CANCEL_REQUESTED,
        /** The job is over, or another worker's: stop at once, discard the work, and do not touch the message. */
        LEASE_LOST
    }

    /**
     * Renews the lease and stores the progress.
     *
     * @param claimed the job as {@link #claim} returned it
     * @param lease how long the lease is valid from now on
     * @param progress percent, 0 to 100
     * @param artifacts all artifacts that the attempt has stored so far, each name once; empty to change none
     */
    public HeartbeatOutcome heartbeat(Job claimed, Duration lease, int progress, List<Artifact> artifacts) {
        return heartbeat(claimed, lease, progress, artifacts, null);
    }

    /**
     * As above, and stores what the next attempt needs if this one does not finish.
     *
     * @param kept see {@link Job#kept}; null to change nothing
     */
    public HeartbeatOutcome heartbeat(
            Job claimed, Duration lease, int progress, List<Artifact> artifacts, @Nullable String kept) {
        return attempts.heartbeat(claimed, lease, progress, artifacts, kept);
    }

    /** As {@link #heartbeat}, without a renewal of the lease. */
    public HeartbeatOutcome progress(Job claimed, int progress, List<Artifact> artifacts) {
        return attempts.progress(claimed, progress, artifacts);
    }

    /**
     * The jobs among these whose cancellation was requested. One call for all of them, eventually consistent: a
     * request of the last second may be missing, as may jobs that DynamoDB left unprocessed. Call it again soon.
     *
     * @param ids 1 to {@link #MAX_CHECKED}
     */
    public Set<JobId> cancelRequested(Collection<JobId> ids) {
        return database.cancelRequested(ids);
    }

    /**
     * The statuses of several jobs. One call for all of them, eventually consistent. A job is missing if it does not
     * exist, if DynamoDB left it unprocessed, or if a newer version wrote its status: {@link #find} tells which.
     *
     * @param ids 1 to {@link #MAX_CHECKED}
     */
    public Map<JobId, JobStatus> statuses(Collection<JobId> ids) {
        return database.statuses(ids);
    }

    /**
     * Ends the job as COMPLETED with this result. As with each other way to end an attempt, the call can be repeated
     * when its response was lost.
     *
     * @param artifacts all artifacts that the attempt stored, each name once; they replace those of earlier attempts
     *     with the same names
     * @return true when this call or an earlier one stored this end of the attempt; false when the job is no longer
     *     the claimant's, so that the result must be discarded
     */
    public boolean complete(Job claimed, JobResult result, List<Artifact> artifacts) {
        return complete(claimed, result, null, artifacts);
    }

    /**
     * As {@link #complete(Job, JobResult, List)}, with the content of a short result for the completion event.
     *
     * @param json the content, if it is short and JSON; null to send the event without it
     */
    public boolean complete(Job claimed, JobResult result, @Nullable String json, List<Artifact> artifacts) {
        return attempts.complete(claimed, result, json, artifacts);
    }

    /**
     * Ends the job as FAILED. The attempt is charged as its outcome says, at most once; otherwise as
     * {@link #complete}.
     */
    public boolean fail(Job claimed, Attempt.Outcome outcome, JobError error, List<Artifact> artifacts) {
        return attempts.fail(claimed, outcome, error, artifacts);
    }

    /** Ends the job as CANCELLED after its worker has stopped the attempt; otherwise as {@link #complete}. */
    public boolean cancelled(Job claimed, List<Artifact> artifacts) {
        return attempts.cancelled(claimed, artifacts);
    }

    /**
     * Ends the attempt and makes the job PENDING for another one. The attempt is charged as its outcome says, at most
     * once.
     *
     * @return true when this call or an earlier one stored this end of the attempt, even if another worker has claimed
     *     the job since; false when the job was taken from the claimant before
     */
    public boolean release(Job claimed, Attempt.Outcome outcome, JobError error, List<Artifact> artifacts) {
        return release(claimed, outcome, error, artifacts, null);
    }

    /**
     * As above, and stores what the next attempt needs.
     *
     * @param kept see {@link Job#kept}; null to change nothing
     */
    public boolean release(
            Job claimed, Attempt.Outcome outcome, JobError error, List<Artifact> artifacts, @Nullable String kept) {
        return attempts.release(claimed, outcome, error, artifacts, kept);
    }

    /**
     * The payload of a job. Costs a read when the payload has an item of its own, and no call otherwise.
     *
     * @return empty when that item has expired
     */
    public Optional<JobPayload> payload(Job job) {
        return payloads.find(job);
    }

    /** The job, by a strongly consistent read; empty when it does not exist or has expired. */
    public Optional<Job> find(JobId id) {
        return database.find(id);
    }
}
