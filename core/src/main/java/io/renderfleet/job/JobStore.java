package io.renderfleet.job;

import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromS;

import io.renderfleet.region.RegionId;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The one truth about every job: its item in the home region. Each move is one conditional write, and each way of
 * losing the race for it has a name in the outcome, so that of any number of services that try the same move exactly
 * one makes it.
 *
 * <p>Thread-safe. Errors of DynamoDB itself come out as the SDK's exceptions, after its own retries.
 */
public final class JobStore {
    /** How many jobs {@link #cancelRequested} takes at a time: what one BatchGetItem does. */
    public static final int MAX_CHECKED = 100;

    private final JobDatabase database;
    private final Acceptance acceptance;
    private final Claims claims;
    private final Payloads payloads;

    public JobStore(JobDatabase database) {
        this.database = database;
        this.acceptance = new Acceptance(database);
        this.claims = new Claims(database);
        this.payloads = new Payloads(database);
    }

    /**
     * Stores a job that nobody has stored, or says who has. When the response to the write was lost and the client repeats
     * it, the outcome is {@link SubmitOutcome.Replayed} with the job itself. With an ordering key the job takes its place
     * in the order; that is one try, without a pause, which is {@link SubmitOutcome.Contended} when another job of the key
     * was stored at that moment, so that the caller decides how long and how many wait for one key.
     */
    public SubmitOutcome submit(NewJob job) {
        return acceptance.submit(job);
    }

    /**
     * Makes a job that has not been routed yet the repeat's own too, before its message is sent once more: from then
     * on {@link #withdraw} leaves it alone. False when the job was withdrawn or routed meanwhile.
     *
     * @param createdAt of the job that was seen: a later submission of the same id is another job
     */
    public boolean confirm(JobId id, Instant createdAt) {
        return acceptance.confirm(id, createdAt);
    }

    /**
     * Takes back a job whose message could not be sent. False when it is too late: the message did arrive, a repeat
     * of the submission was confirmed, another job of its ordering key came after it, or the job is gone.
     *
     * @param createdAt of the job to take back. Without it a deletion that the SDK tries again, because the answer to
     *     the first was lost, would take a submission of the same id that was stored and acknowledged in between.
     */
    public boolean withdraw(JobId id, Instant createdAt) {
        return acceptance.withdraw(id, createdAt);
    }

    /**
     * Writes that a job goes to a region, before its message is forwarded there.
     *
     * @param epoch the route epoch that the message carries
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
            case ConditionalUpdate.Applied made -> new RouteOutcome.Routed(epoch + 1);
            case ConditionalUpdate.Rejected refused ->
                refused.current()
                        .map(JobItem::read)
                        .map(job -> lostRoute(job, epoch))
                        .orElseGet(RouteOutcome.Unknown::new);
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

    /**
     * Takes a job for a worker, also from a worker whose lease has run out. A job whose start deadline has passed ends
     * here, as FAILED. When the response to the write was lost and the client repeats it, the job is
     * {@link ClaimOutcome.Claimed} at the same attempt: the claim recognizes its own token in the item. A second call is
     * another claim, and finds the lease of the first one.
     *
     * @param epoch the route epoch that the message carries
     * @param region where the worker is
     * @param lease how long the worker may be silent
     * @throws UnreadableJobException when a newer version wrote the job; it is as it was
     */
    public ClaimOutcome claim(JobId id, int epoch, RegionId region, WorkerId worker, Duration lease) {
        return claims.claim(id, epoch, region, worker, lease);
    }

    /** Renews the lease of an attempt that has made no artifacts since the last time. */
    public HeartbeatOutcome heartbeat(Job claimed, Duration lease, int progress) {
        return heartbeat(claimed, lease, progress, List.of());
    }

    /**
     * Renews the lease and tells the world how far the work is.
     *
     * @param claimed the job as {@link #claim} returned it
     * @param progress percent, 0 to 100
     * @param artifacts all that the attempt has made so far, each name once; empty to leave those as they are
     */
    public HeartbeatOutcome heartbeat(Job claimed, Duration lease, int progress, List<Artifact> artifacts) {
        Instant now = database.now();
        ConditionalUpdate update = StoredArtifacts.keep(database.owned(claimed), claimed, artifacts)
                .set(JobItem.LEASE_UNTIL, JobItem.time(now.plus(lease)))
                .set(JobItem.PROGRESS, JobItem.number(progress))
                .set(JobItem.UPDATED_AT, JobItem.time(now));
        return outcome(database.apply(update, claimed.id()));
    }

    /**
     * Writes how far the work is. The lease stays as it is.
     *
     * @param claimed the job as {@link #claim} returned it
     * @param progress percent, 0 to 100
     * @param artifacts as for {@link #heartbeat}
     */
    public HeartbeatOutcome progress(Job claimed, int progress, List<Artifact> artifacts) {
        ConditionalUpdate update = StoredArtifacts.keep(database.owned(claimed), claimed, artifacts)
                .set(JobItem.PROGRESS, JobItem.number(progress))
                .set(JobItem.UPDATED_AT, JobItem.time(database.now()));
        return outcome(database.apply(update, claimed.id()));
    }

    private static HeartbeatOutcome outcome(ConditionalUpdate.Result result) {
        return switch (result) {
            case ConditionalUpdate.Rejected refused -> HeartbeatOutcome.LEASE_LOST;
            case ConditionalUpdate.Applied made ->
                made.item().containsKey(JobItem.CANCEL_REQUESTED)
                        ? HeartbeatOutcome.CANCEL_REQUESTED
                        : HeartbeatOutcome.RENEWED;
        };
    }

    /**
     * Which of these jobs are to be cancelled. One call for all of them, eventually consistent: a wish of the last second
     * may be missing. What DynamoDB leaves unread is missing too; ask again soon.
     *
     * @param ids 1 to {@link #MAX_CHECKED}
     */
    public Set<JobId> cancelRequested(Collection<JobId> ids) {
        return database.cancelRequested(ids);
    }

    /** Commits the result of an attempt that made no artifacts. */
    public boolean complete(Job claimed, JobResult result) {
        return complete(claimed, result, List.of());
    }

    /**
     * Commits the result. True also when this attempt has committed it before, so that the call can be repeated when its
     * response was lost. False when the job is no longer the claimant's: a newer attempt wins, this one is discarded.
     *
     * @param artifacts all that the attempt made, each name once, as in each other way to end; they take the place of those
     *     with the same names that earlier attempts made
     */
    public boolean complete(Job claimed, JobResult result, List<Artifact> artifacts) {
        return end(
                claimed,
                JobStatus.COMPLETED,
                Attempt.Outcome.SUCCEEDED,
                null,
                artifacts,
                update -> update.set(
                                JobItem.RESULT_REGION, fromS(result.region().value()))
                        .set(JobItem.RESULT_BUCKET, fromS(result.bucket()))
                        .set(JobItem.RESULT_KEY, fromS(result.key()))
                        .set(JobItem.RESULT_BYTES, JobItem.number(result.bytes()))
                        .set(JobItem.CONTENT_TYPE, fromS(result.contentType()))
                        .remove(JobItem.PROGRESS));
    }

    /** Ends the job as FAILED, of which an attempt without artifacts is the last one. */
    public boolean fail(Job claimed, Attempt.Outcome outcome, JobError error) {
        return fail(claimed, outcome, error, List.of());
    }

    /**
     * Ends the job as FAILED. True also when this attempt has ended it with this outcome and error before; the attempt is
     * charged once. False when the job is no longer the claimant's.
     */
    public boolean fail(Job claimed, Attempt.Outcome outcome, JobError error, List<Artifact> artifacts) {
        return end(claimed, JobStatus.FAILED, outcome, error, artifacts, update -> update);
    }

    /** Ends the job as CANCELLED after its worker has stopped an attempt without artifacts. */
    public boolean cancelled(Job claimed) {
        return cancelled(claimed, List.of());
    }

    /**
     * Ends the job as CANCELLED after its worker has stopped. True also when this attempt has done so before. False when
     * the job is no longer the claimant's.
     */
    public boolean cancelled(Job claimed, List<Artifact> artifacts) {
        return end(claimed, JobStatus.CANCELLED, Attempt.Outcome.CANCELLED, null, artifacts, update -> update);
    }

    private boolean end(
            Job claimed,
            JobStatus status,
            Attempt.Outcome outcome,
            @Nullable JobError error,
            List<Artifact> artifacts,
            UnaryOperator<ConditionalUpdate> more) {
        Attempt attempt = database.ended(claimed, outcome, error);
        ConditionalUpdate ended = StoredArtifacts.keep(
                database.attemptEnded(database.owned(claimed), claimed, attempt), claimed, artifacts);
        return written(
                more.apply(database.over(ended, status, status == JobStatus.FAILED ? error : null)), claimed, attempt);
    }

    /**
     * Whether the attempt's end is in the store, by this write or by an earlier one. When the response to a write was lost
     * and the write is repeated, its condition no longer holds, but the history has this attempt with this outcome.
     */
    private boolean written(ConditionalUpdate update, Job claimed, Attempt attempt) {
        return switch (database.apply(update, claimed.id())) {
            case ConditionalUpdate.Applied _ -> true;
            case ConditionalUpdate.Rejected(var current) ->
                current.filter(item -> JobItem.records(item, attempt)).isPresent();
        };
    }

    /** Releases the job for another attempt; this one made no artifacts. */
    public boolean release(Job claimed, Attempt.Outcome outcome, JobError error) {
        return release(claimed, outcome, error, List.of());
    }

    /**
     * Hands the job back, PENDING, for another attempt. True also when this attempt has done so before with this outcome
     * and error, even if another worker has claimed the job since; the attempt is charged once. False when the job was
     * taken from the claimant.
     */
    public boolean release(Job claimed, Attempt.Outcome outcome, JobError error, List<Artifact> artifacts) {
        Attempt attempt = database.ended(claimed, outcome, error);
        ConditionalUpdate update = StoredArtifacts.keep(
                        database.attemptEnded(database.owned(claimed), claimed, attempt), claimed, artifacts)
                .set(JobItem.STATUS, fromS(JobStatus.PENDING.name()))
                .set(JobItem.UPDATED_AT, JobItem.time(database.now()));
        return written(update, claimed, attempt);
    }

    /**
     * What the job's type is to read. Costs a read when the payload has an item of its own, and nothing otherwise.
     *
     * @return empty when that item has expired
     */
    public Optional<JobPayload> payload(Job job) {
        return payloads.find(job);
    }

    /** The job as it is now, strongly consistent; empty when there is none or it has expired. */
    public Optional<Job> find(JobId id) {
        return database.find(id);
    }

    /** How storing a new job ended. */
    public sealed interface SubmitOutcome {

        /** The job is stored, PENDING. */
        record Stored() implements SubmitOutcome {}

        /** The id was there already, for the same submission: answer as the first time. */
        record Replayed(Job job) implements SubmitOutcome {}

        /** The id was there already, for another submission: nothing changed. */
        record Conflicting() implements SubmitOutcome {}

        /**
         * Other jobs of the same ordering key were being stored at that moment, and this one was not: try again after a
         * random pause. Never without an ordering key.
         */
        record Contended() implements SubmitOutcome {}
    }

    /** How sending a job to a region ended, by what the item said. */
    public sealed interface RouteOutcome {

        /** The route is written; forward the message with this epoch. */
        record Routed(int epoch) implements RouteOutcome {}

        /**
         * The job was routed before, by this message or by a newer one, and has not started; whoever wrote that route may
         * have died before it forwarded anything. Forward the message with this epoch to this region: a second copy is
         * dropped at its claim, a missing one would be a lost job.
         */
        record RoutedBefore(RegionId region, int epoch) implements RouteOutcome {}

        /** A worker holds the job by this very message, which was received from its region: leave it to the worker. */
        record Held() implements RouteOutcome {}

        /** The job has moved on without this message: delete it. */
        record Superseded(JobStatus status) implements RouteOutcome {}

        /** There is no such job. */
        record Unknown() implements RouteOutcome {}
    }

    /** How a worker's claim ended: won, or the name of the race it lost. */
    public sealed interface ClaimOutcome {

        /** The job is PROCESSING under the claimant's lease. */
        record Claimed(Job job) implements ClaimOutcome {}

        /** The job is over: delete the message. */
        record Terminal(JobStatus status) implements ClaimOutcome {}

        /** The message's route is older than the item's: delete it, the job was sent elsewhere. */
        record Superseded(int currentEpoch) implements ClaimOutcome {}

        /** Another worker holds the job: hide the message until then, and do not run it. */
        record LeaseLive(Instant until) implements ClaimOutcome {}

        /** The message's route is newer than the item's, which our code never writes: keep the message and look into it. */
        record FromTheFuture(int currentEpoch) implements ClaimOutcome {}

        /** The job of the same ordering key before this one is not over: try again later, from the queue's end. */
        record OutOfTurn(Job before) implements ClaimOutcome {}

        /** There is no such job. */
        record Unknown() implements ClaimOutcome {}
    }

    /** What a worker learns when it renews its lease. */
    public enum HeartbeatOutcome {
        /** Go on. */
        RENEWED,
        /** Somebody wants the job stopped: the lease is renewed so that the worker can say that it did. */
        CANCEL_REQUESTED,
        /** The job is another's, or over: stop at once, discard the work, leave the message alone. */
        LEASE_LOST
    }
}
