package io.renderfleet.job;

import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromS;

import io.renderfleet.job.Job.Lease;
import io.renderfleet.region.FleetTable;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;

/**
 * The jobs table with what every move of a job needs: the clock, how long things are kept, and how an attempt or a job
 * ends. What it can do is for this package; others make one and hand it to a store.
 *
 * <p>Thread-safe.
 */
public final class JobDatabase {
    private static final Logger log = LoggerFactory.getLogger(JobDatabase.class);
    private static final JobId NOBODYS = new JobId(new UUID(0, 0));

    private final DynamoDbClient client;
    private final String env;
    private final Clock clock;
    private final JobStoreSettings settings;

    /** @param env the deployment's name, which the tables' names come from */
    public JobDatabase(DynamoDbClient client, String env, Clock clock, JobStoreSettings settings) {
        this.client = client;
        this.env = env;
        this.clock = clock;
        this.settings = settings;
    }

    /** Whether there is a jobs table; {@link SdkException} when DynamoDB does not say. */
    public boolean exists() {
        try {
            // An item that nobody has. It takes no right beyond those that a service has anyway.
            var _ = client.getItem(request -> request.tableName(table()).key(ConditionalUpdate.key(NOBODYS)));
            return true;
        } catch (ResourceNotFoundException e) {
            return false;
        }
    }

    DynamoDbClient client() {
        return client;
    }

    /** The jobs table's name. */
    public String table() {
        return JobTable.name(env);
    }

    String fleetTable() {
        return FleetTable.name(env);
    }

    Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    ConditionalUpdate.Result apply(ConditionalUpdate update, JobId id) {
        ConditionalUpdate.Result result = update.apply(client, table(), id.toString());
        if (result instanceof ConditionalUpdate.Applied) {
            logMade(update, id);
        }
        return result;
    }

    /**
     * One line for each transition that was made, under the job's id: at INFO for one that is unusual, with the id of
     * the job's trace, and at DEBUG for any other.
     */
    static void logMade(ConditionalUpdate update, JobId id) {
        if (update.unusual() != null) {
            log.info("Job {} {} (trace {})", id, update.unusual(), id.toString().replace("-", ""));
        } else if (update.isTransition()) {
            log.debug("Job {} moved: {}", id, update);
        }
    }

    /** When an open job is looked at first: after the usual while, or when it must have started if that is sooner. */
    Instant firstCheck(Instant from, @Nullable Instant startBy) {
        Instant usual = from.plus(settings.checkAfter());
        return startBy != null && startBy.isBefore(usual) ? startBy : usual;
    }

    Instant expiry(Instant from) {
        return from.plus(settings.retention());
    }

    /** The item as it is now, strongly consistent; empty when there is none or it has expired. */
    Optional<Map<String, AttributeValue>> item(JobId id) {
        var response = client.getItem(request ->
                request.tableName(table()).key(ConditionalUpdate.key(id)).consistentRead(true));
        // An item outlives its time to live by up to two days.
        return response.hasItem() && !JobItem.isExpired(response.item(), clock.instant())
                ? Optional.of(response.item())
                : Optional.empty();
    }

    Set<JobId> cancelRequested(Collection<JobId> ids) {
        KeysAndAttributes wanted = KeysAndAttributes.builder()
                .keys(ids.stream().map(ConditionalUpdate::key).toList())
                .projectionExpression(JobTable.JOB_ID + ", " + JobItem.CANCEL_REQUESTED)
                .build();
        return client
                .batchGetItem(request -> request.requestItems(Map.of(table(), wanted)))
                .responses()
                .getOrDefault(table(), List.of())
                .stream()
                .filter(item -> item.containsKey(JobItem.CANCEL_REQUESTED))
                .map(item -> JobId.of(
                        Objects.requireNonNull(item.get(JobTable.JOB_ID)).s()))
                .collect(Collectors.toSet());
    }

    Optional<Job> find(JobId id) {
        return item(id).map(JobItem::read);
    }

    /** The move is the lease owner's, and only while it is that. */
    ConditionalUpdate owned(Job claimed) {
        Lease lease = Objects.requireNonNull(claimed.lease(), "only a claimed job can be moved by its owner");
        return new ConditionalUpdate()
                .when(JobItem.ATTEMPT, JobItem.number(claimed.attempt()))
                .when(JobItem.LEASE_OWNER, fromS(lease.owner().value()));
    }

    /** The move takes the job from a worker that has let its lease run out. */
    ConditionalUpdate overdue(Job held) {
        Lease lease = Objects.requireNonNull(held.lease(), "only a held job can be overdue");
        return new ConditionalUpdate()
                .when(JobItem.STATUS, fromS(JobStatus.PROCESSING.name()))
                .when(JobItem.ROUTE_EPOCH, JobItem.number(held.routeEpoch()))
                .when(JobItem.LEASE_OWNER, fromS(lease.owner().value()))
                .when(JobItem.LEASE_UNTIL, JobItem.time(lease.until()));
    }

    /** Adds that the running attempt ended, and that nobody holds the job. */
    ConditionalUpdate attemptEnded(ConditionalUpdate update, Job job, Attempt attempt) {
        StoredAttempts.add(update, job, attempt).remove(JobItem.LEASE_OWNER, JobItem.LEASE_UNTIL, JobItem.CLAIM_TOKEN);
        return attempt.outcome().isCharged() ? update.add(JobItem.CHARGED, 1) : update;
    }

    /** The running attempt of a job as it ends now. */
    Attempt ended(Job job, Attempt.Outcome outcome, @Nullable JobError error) {
        return new Attempt(
                job.attempt(),
                Objects.requireNonNull(job.region(), "a claimed job has a region"),
                Objects.requireNonNull(job.lease(), "a claimed job has a lease").owner(),
                Objects.requireNonNull(job.startedAt(), "a claimed job has started"),
                now(),
                outcome,
                error);
    }

    /** Adds that a worker let its lease run out. */
    ConditionalUpdate leaseExpired(ConditionalUpdate update, Job job) {
        return attemptEnded(update, job, expired(job))
                .unusual("was taken from a worker that stopped reporting, in attempt " + job.attempt());
    }

    /** The running attempt of a job whose worker let its lease run out. */
    Attempt expired(Job job) {
        return ended(job, Attempt.Outcome.INTERRUPTED, new JobError("lease-expired", "The worker stopped reporting."));
    }

    /** The move ends a job that nobody started in time. */
    ConditionalUpdate neverStarted(Job job) {
        ConditionalUpdate unstarted = new ConditionalUpdate()
                .when(JobItem.STATUS, fromS(JobStatus.PENDING.name()))
                .when(JobItem.ROUTE_EPOCH, JobItem.number(job.routeEpoch()))
                .whenAbsent(JobItem.ATTEMPT);
        return over(
                unstarted,
                JobStatus.FAILED,
                new JobError(
                        "start-deadline-exceeded",
                        "No worker could start the job within its startWithin. Submit it again with a longer one, or"
                                + " when there is less to do."));
    }

    /** Adds that the job is over, in this way. */
    ConditionalUpdate over(ConditionalUpdate update, JobStatus status, @Nullable JobError error) {
        Instant now = now();
        update.set(JobItem.STATUS, fromS(status.name()))
                .set(JobItem.UPDATED_AT, JobItem.time(now))
                .set(JobItem.FINISHED_AT, JobItem.time(now))
                .remove(JobTable.CHECK_SHARD, JobTable.CHECK_AT, JobItem.CANCEL_REQUESTED);
        if (status != JobStatus.COMPLETED) {
            update.unusual("is " + status + (error == null ? "" : " with the error " + error.code()));
        }
        return error == null
                ? update
                : update.set(JobItem.ERROR_CODE, fromS(error.code()))
                        .set(JobItem.ERROR_MESSAGE, fromS(error.message()));
    }
}
