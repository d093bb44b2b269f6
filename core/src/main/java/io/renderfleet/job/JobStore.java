package io.renderfleet.job;

import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromS;

import io.renderfleet.region.RegionId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;

/**
 * The one truth about every job: its item in the home region. Each move is one conditional write, and each way of
 * losing the race for it has a name in the outcome, so that of any number of services that try the same move exactly
 * one makes it.
 *
 * <p>Thread-safe. Errors of DynamoDB itself come out as the SDK's exceptions, after its own retries.
 */
public final class JobStore {
    /** Each failed try means that another made a move in between; nobody moves one job this often at once. */
    private static final int CLAIM_TRIES = 3;

    private final DynamoDbClient client;
    private final String table;
    private final Clock clock;
    private final JobStoreSettings settings;

    public JobStore(DynamoDbClient client, String table, Clock clock, JobStoreSettings settings) {
        this.client = client;
        this.table = table;
        this.clock = clock;
        this.settings = settings;
    }

    /** Stores a job that nobody has stored, or says who has. */
    public SubmitOutcome submit(NewJob job) {
        Map<String, AttributeValue> item = JobItem.of(
                job,
                job.createdAt().plus(settings.checkAfter()),
                job.createdAt().plus(settings.retention()));
        try {
            client.putItem(request -> request.tableName(table)
                    .item(item)
                    .conditionExpression("attribute_not_exists(" + JobTable.JOB_ID + ")")
                    .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD));
            return new SubmitOutcome.Stored();
        } catch (ConditionalCheckFailedException e) {
            Job stored = JobItem.read(e.item());
            return stored.specHash().equals(job.specHash()) && stored.userId().equals(job.userId())
                    ? new SubmitOutcome.Replayed(stored)
                    : new SubmitOutcome.Conflicting();
        }
    }

    /**
     * Makes a job that has not been routed yet the repeat's own too, before its message is sent once more: from then
     * on {@link #withdraw} leaves it alone. False when the job was withdrawn or routed meanwhile.
     *
     * @param createdAt of the job that was seen: a later submission of the same id is another job
     */
    public boolean confirm(JobId id, Instant createdAt) {
        return unrouted(createdAt).set(JobItem.CONFIRMED, JobItem.flag()).apply(client, table, id) instanceof Move.Made;
    }

    /**
     * Takes back a job whose message could not be sent. False when it is too late: the message did arrive, a repeat
     * of the submission was confirmed, or the job is gone.
     *
     * @param createdAt of the job to take back. Without it a deletion that the SDK tries again, because the answer to
     *     the first was lost, would take a submission of the same id that was stored and acknowledged in between.
     */
    public boolean withdraw(JobId id, Instant createdAt) {
        Move move = unrouted(createdAt).whenAbsent(JobItem.CONFIRMED);
        try {
            client.deleteItem(request -> request.tableName(table)
                    .key(Move.key(id))
                    .conditionExpression(move.condition())
                    .expressionAttributeNames(move.names())
                    .expressionAttributeValues(move.values()));
            return true;
        } catch (ConditionalCheckFailedException e) {
            return false;
        }
    }

    private static Move unrouted(Instant createdAt) {
        return new Move()
                .when(JobItem.STATUS, fromS(JobStatus.PENDING.name()))
                .when(JobItem.ROUTE_EPOCH, JobItem.number(0))
                .when(JobTable.CREATED_AT, JobItem.time(createdAt));
    }

    /**
     * Writes that a job goes to a region, before its message is forwarded there.
     *
     * @param epoch the route epoch that the message carries
     */
    public RouteOutcome route(JobId id, int epoch, RegionId region) {
        Instant now = now();
        Move move = new Move()
                .set(JobItem.REGION, fromS(region.value()))
                .set(JobItem.ROUTE_EPOCH, JobItem.number(epoch + 1L))
                .set(JobItem.ROUTED_AT, JobItem.time(now))
                .set(JobItem.UPDATED_AT, JobItem.time(now))
                .when(JobItem.STATUS, fromS(JobStatus.PENDING.name()))
                .when(JobItem.ROUTE_EPOCH, JobItem.number(epoch));
        return switch (move.apply(client, table, id)) {
            case Move.Made made -> new RouteOutcome.Routed(epoch + 1);
            case Move.Refused refused ->
                refused.current()
                        .map(JobItem::read)
                        .map(job -> lostRoute(job, epoch))
                        .orElseGet(RouteOutcome.Unknown::new);
        };
    }

    private static RouteOutcome lostRoute(Job job, int epoch) {
        return job.status() == JobStatus.PENDING && job.routeEpoch() > epoch && job.region() != null
                ? new RouteOutcome.RoutedBefore(job.region(), job.routeEpoch())
                : new RouteOutcome.Superseded(job.status());
    }

    /**
     * Takes a job for a worker, also from a worker whose lease has run out.
     *
     * @param epoch the route epoch that the message carries
     * @param region where the worker is
     * @param lease how long the worker may be silent
     */
    public ClaimOutcome claim(JobId id, int epoch, RegionId region, WorkerId worker, Duration lease) {
        Move first = new Move()
                .when(JobItem.STATUS, fromS(JobStatus.PENDING.name()))
                .when(JobItem.ROUTE_EPOCH, JobItem.number(epoch));
        Move.Result result = taken(first, region, worker, lease).apply(client, table, id);
        for (int tries = 1; ; tries++) {
            if (result instanceof Move.Made made) {
                return new ClaimOutcome.Claimed(made.job());
            }
            Optional<Map<String, AttributeValue>> current = ((Move.Refused) result).current();
            if (current.isEmpty()) {
                return new ClaimOutcome.Unknown();
            }
            Job job = JobItem.read(current.get());
            Optional<ClaimOutcome> lost = lostClaim(job, epoch);
            if (lost.isPresent()) {
                return lost.get();
            }
            if (tries == CLAIM_TRIES) {
                return new ClaimOutcome.LeaseLive(now().plus(lease));
            }
            result = takenOver(job, region, worker, lease).apply(client, table, id);
        }
    }

    private Optional<ClaimOutcome> lostClaim(Job job, int epoch) {
        if (job.status().isTerminal()) {
            return Optional.of(new ClaimOutcome.Terminal(job.status()));
        }
        if (job.routeEpoch() > epoch) {
            return Optional.of(new ClaimOutcome.Superseded(job.routeEpoch()));
        }
        if (job.routeEpoch() < epoch) {
            return Optional.of(new ClaimOutcome.FromTheFuture(job.routeEpoch()));
        }
        Lease lease = job.lease();
        return lease != null && lease.until().isAfter(now())
                ? Optional.of(new ClaimOutcome.LeaseLive(lease.until()))
                : Optional.empty();
    }

    private Move takenOver(Job job, RegionId region, WorkerId worker, Duration lease) {
        Move move = new Move()
                .when(JobItem.STATUS, fromS(job.status().name()))
                .when(JobItem.ROUTE_EPOCH, JobItem.number(job.routeEpoch()));
        if (job.lease() != null) {
            move.when(JobItem.LEASE_OWNER, fromS(job.lease().owner().value()))
                    .when(JobItem.LEASE_UNTIL, JobItem.time(job.lease().until()))
                    .append(
                            JobItem.ATTEMPTS,
                            JobItem.attempt(ended(
                                    job,
                                    Attempt.Outcome.INTERRUPTED,
                                    new JobError("lease-expired", "The worker stopped reporting."))));
        }
        return taken(move, region, worker, lease);
    }

    private Move taken(Move move, RegionId region, WorkerId worker, Duration lease) {
        Instant now = now();
        return move.set(JobItem.STATUS, fromS(JobStatus.PROCESSING.name()))
                .set(JobItem.REGION, fromS(region.value()))
                .add(JobItem.ATTEMPT, 1)
                .set(JobItem.LEASE_OWNER, fromS(worker.value()))
                .set(JobItem.LEASE_UNTIL, JobItem.time(now.plus(lease)))
                .set(JobItem.PROGRESS, JobItem.number(0))
                .set(JobItem.STARTED_AT, JobItem.time(now))
                .set(JobItem.UPDATED_AT, JobItem.time(now));
    }

    /**
     * Renews the lease and tells the world how far the work is.
     *
     * @param claimed the job as {@link #claim} returned it
     * @param progress percent, 0 to 100
     */
    public HeartbeatOutcome heartbeat(Job claimed, Duration lease, int progress) {
        Instant now = now();
        Move move = owned(claimed)
                .set(JobItem.LEASE_UNTIL, JobItem.time(now.plus(lease)))
                .set(JobItem.PROGRESS, JobItem.number(progress))
                .set(JobItem.UPDATED_AT, JobItem.time(now));
        return switch (move.apply(client, table, claimed.id())) {
            case Move.Refused refused -> HeartbeatOutcome.LEASE_LOST;
            case Move.Made made ->
                made.item().containsKey(JobItem.CANCEL_REQUESTED)
                        ? HeartbeatOutcome.CANCEL_REQUESTED
                        : HeartbeatOutcome.RENEWED;
        };
    }

    /** Commits the result. False when the job is no longer the claimant's: a newer attempt wins, this one is discarded. */
    public boolean complete(Job claimed, JobResult result) {
        Move move = finished(claimed, JobStatus.COMPLETED, Attempt.Outcome.SUCCEEDED, null)
                .set(JobItem.RESULT_REGION, fromS(result.region().value()))
                .set(JobItem.RESULT_BUCKET, fromS(result.bucket()))
                .set(JobItem.RESULT_KEY, fromS(result.key()))
                .set(JobItem.RESULT_BYTES, JobItem.number(result.bytes()))
                .set(JobItem.CONTENT_TYPE, fromS(result.contentType()))
                .remove(JobItem.PROGRESS);
        return move.apply(client, table, claimed.id()) instanceof Move.Made;
    }

    /** Ends the job as FAILED. False when it is no longer the claimant's. */
    public boolean fail(Job claimed, Attempt.Outcome outcome, JobError error) {
        Move move = finished(claimed, JobStatus.FAILED, outcome, error)
                .set(JobItem.ERROR_CODE, fromS(error.code()))
                .set(JobItem.ERROR_MESSAGE, fromS(error.message()));
        return move.apply(client, table, claimed.id()) instanceof Move.Made;
    }

    /** Ends the job as CANCELLED after its worker has stopped. False when it is no longer the claimant's. */
    public boolean cancelled(Job claimed) {
        return finished(claimed, JobStatus.CANCELLED, Attempt.Outcome.CANCELLED, null)
                        .apply(client, table, claimed.id())
                instanceof Move.Made;
    }

    /** Hands the job back, PENDING, for another attempt. False when it is no longer the claimant's. */
    public boolean handBack(Job claimed, Attempt.Outcome outcome, JobError error) {
        Move move = left(claimed, JobStatus.PENDING, outcome, error);
        return move.apply(client, table, claimed.id()) instanceof Move.Made;
    }

    /** The job as it is now, strongly consistent; empty when there is none or it has expired. */
    public Optional<Job> find(JobId id) {
        var response = client.getItem(
                request -> request.tableName(table).key(Move.key(id)).consistentRead(true));
        // An item outlives its time to live by up to two days.
        return response.hasItem()
                ? Optional.of(JobItem.read(response.item()))
                        .filter(job -> job.expiresAt().isAfter(clock.instant()))
                : Optional.empty();
    }

    private Move finished(Job claimed, JobStatus status, Attempt.Outcome outcome, @Nullable JobError error) {
        return left(claimed, status, outcome, error)
                .set(JobItem.FINISHED_AT, JobItem.time(now()))
                .remove(JobTable.CHECK_SHARD, JobTable.CHECK_AT, JobItem.CANCEL_REQUESTED);
    }

    private Move left(Job claimed, JobStatus status, Attempt.Outcome outcome, @Nullable JobError error) {
        Move move = owned(claimed)
                .set(JobItem.STATUS, fromS(status.name()))
                .set(JobItem.UPDATED_AT, JobItem.time(now()))
                .append(JobItem.ATTEMPTS, JobItem.attempt(ended(claimed, outcome, error)))
                .remove(JobItem.LEASE_OWNER, JobItem.LEASE_UNTIL);
        return outcome.isCharged() ? move.add(JobItem.CHARGED, 1) : move;
    }

    private static Move owned(Job claimed) {
        Lease lease = Objects.requireNonNull(claimed.lease(), "only a claimed job can be moved by its owner");
        return new Move()
                .when(JobItem.ATTEMPT, JobItem.number(claimed.attempt()))
                .when(JobItem.LEASE_OWNER, fromS(lease.owner().value()));
    }

    private Attempt ended(Job job, Attempt.Outcome outcome, @Nullable JobError error) {
        return new Attempt(
                job.attempt(),
                Objects.requireNonNull(job.region(), "a claimed job has a region"),
                Objects.requireNonNull(job.lease(), "a claimed job has a lease").owner(),
                Objects.requireNonNull(job.startedAt(), "a claimed job has started"),
                now(),
                outcome,
                error);
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
