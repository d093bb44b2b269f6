package io.renderfleet.job;

import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromS;

import io.renderfleet.job.Job.Lease;
import io.renderfleet.region.FleetTable;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
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
 * The jobs table, and the parts that several kinds of writes share: the clock, how long items are kept, and how an
 * attempt or a job ends. Its operations are for this package; other packages create an instance and pass it to a store.
 *
 * <p>Thread-safe.
 */
public final class JobDatabase {
    private static final Logger log = LoggerFactory.getLogger(JobDatabase.class);
    /** A completion event that was not sent when its job ended is due to be sent again after at most this time. */
    static final Duration EVENT_CHECK = Duration.ofSeconds(20);

    private static final JobId NO_JOB = new JobId(new UUID(0, 0));

    private final DynamoDbClient client;
    private final String env;
    private final Clock clock;
    private final JobStoreSettings settings;
    private final JobEndListener ends;

    /** A database whose ends of jobs nobody listens to, so that the watchdog sends all completion events. */
    public JobDatabase(DynamoDbClient client, String env, Clock clock, JobStoreSettings settings) {
        this(client, env, clock, settings, JobEndListener.NONE);
    }

    /**
     * Creates a database.
     *
     * @param env the deployment's name, which is part of the names of the tables
     * @param ends sends the completion events of the jobs that end here
     */
    public JobDatabase(DynamoDbClient client, String env, Clock clock, JobStoreSettings settings, JobEndListener ends) {
        this.client = client;
        this.env = env;
        this.clock = clock;
        this.settings = settings;
        this.ends = ends;
    }

    /**
     * Whether the jobs table exists.
     *
     * @throws SdkException when DynamoDB does not respond
     */
    public boolean exists() {
        try {
            // A read of an item that does not exist needs no permission beyond those that each service has.
            var _ = client.getItem(request -> request.tableName(table()).key(ConditionalUpdate.key(NO_JOB)));
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

    /** As {@link #apply}, for a write that ends the job. Then sends the job's completion event, if it wants one. */
    ConditionalUpdate.Result end(ConditionalUpdate update, JobId id) {
        ConditionalUpdate.Result result = apply(update, id);
        if (result instanceof ConditionalUpdate.Applied made && JobItem.awaitsEvent(made.item())) {
            var _ = announce(made.item(), null);
        }
        return result;
    }

    /**
     * Sends the completion event of a job that has ended.
     *
     * @param json the result, if it is short and JSON and the caller has it at hand; null otherwise
     * @return completes when the event was sent
     */
    CompletableFuture<Void> announce(Map<String, AttributeValue> item, @Nullable String json) {
        try {
            return ends.ended(JobItem.read(item), json);
        } catch (RuntimeException | Error e) {
            // The end is stored. The caller must settle the job's message, and the watchdog sends the event.
            log.warn("The completion event of job {} could not be sent; the watchdog sends it", JobItem.key(item), e);
            return CompletableFuture.failedFuture(e);
        }
    }

    /**
     * Logs a successful change of state, with the job's id: at INFO with the id of the trace if the change is unusual,
     * and otherwise at DEBUG.
     */
    static void logMade(ConditionalUpdate update, JobId id) {
        if (update.unusual() != null) {
            log.info("Job {} {} (trace {})", id, update.unusual(), id.toString().replace("-", ""));
        } else if (update.isTransition()) {
            log.debug("Job {} moved: {}", id, update);
        }
    }

    /**
     * When an open job is checked first: after the configured time, or at its start deadline if that is earlier. A job
     * that wants a completion event is checked sooner, so that its end usually need not move the check.
     */
    Instant firstCheck(Instant from, @Nullable Instant startBy, CompletionRequest completion) {
        Duration after = completion.isNone() || settings.checkAfter().compareTo(EVENT_CHECK) < 0
                ? settings.checkAfter()
                : EVENT_CHECK;
        Instant usual = from.plus(after);
        return startBy != null && startBy.isBefore(usual) ? startBy : usual;
    }

    Instant expiry(Instant from) {
        return from.plus(settings.retention());
    }

    /** The item, by a strongly consistent read; empty when it does not exist or has expired. */
    Optional<Map<String, AttributeValue>> item(JobId id) {
        var response = client.getItem(request ->
                request.tableName(table()).key(ConditionalUpdate.key(id)).consistentRead(true));
        // DynamoDB deletes an expired item with a delay of up to a few days.
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

    Map<JobId, JobStatus> statuses(Collection<JobId> ids) {
        KeysAndAttributes wanted = KeysAndAttributes.builder()
                .keys(ids.stream().map(ConditionalUpdate::key).toList())
                .projectionExpression(JobTable.JOB_ID + ", #status")
                .expressionAttributeNames(Map.of("#status", JobItem.STATUS))
                .build();
        Map<JobId, JobStatus> statuses = new HashMap<>();
        client.batchGetItem(request -> request.requestItems(Map.of(table(), wanted)))
                .responses()
                .getOrDefault(table(), List.of())
                .forEach(item -> {
                    JobStatus status = JobItem.knownStatus(item);
                    if (status != null) {
                        statuses.put(JobId.of(JobItem.text(item, JobTable.JOB_ID)), status);
                    }
                });
        return statuses;
    }

    Optional<Job> find(JobId id) {
        return item(id).map(JobItem::read);
    }

    /** Requires that the claimant still has the lease. */
    ConditionalUpdate owned(Job claimed) {
        Lease lease = Objects.requireNonNull(claimed.lease(), "The job has no lease.");
        return new ConditionalUpdate()
                .when(JobItem.ATTEMPT, JobItem.number(claimed.attempt()))
                .when(JobItem.LEASE_OWNER, fromS(lease.owner().value()));
    }

    /** Requires that the worker has not renewed its lease since the job was read; for a lease that has expired. */
    ConditionalUpdate overdue(Job held) {
        Lease lease = Objects.requireNonNull(held.lease(), "The job has no lease.");
        return new ConditionalUpdate()
                .when(JobItem.STATUS, fromS(JobStatus.PROCESSING.name()))
                .when(JobItem.ROUTE_EPOCH, JobItem.number(held.routeEpoch()))
                .when(JobItem.LEASE_OWNER, fromS(lease.owner().value()))
                .when(JobItem.LEASE_UNTIL, JobItem.time(lease.until()));
    }

    /** Adds the end of the running attempt: it is in the history, and the job has no lease. */
    ConditionalUpdate attemptEnded(ConditionalUpdate update, Job job, Attempt attempt) {
        StoredAttempts.add(update, job, attempt).remove(JobItem.LEASE_OWNER, JobItem.LEASE_UNTIL, JobItem.CLAIM_TOKEN);
        return attempt.outcome().isCharged() ? update.add(JobItem.CHARGED, 1) : update;
    }

    /** The running attempt of a job, with an end at the current time. */
    Attempt ended(Job job, Attempt.Outcome outcome, @Nullable JobError error) {
        return new Attempt(
                job.attempt(),
                Objects.requireNonNull(job.region(), "The job has no region."),
                Objects.requireNonNull(job.lease(), "The job has no lease.").owner(),
                Objects.requireNonNull(job.startedAt(), "The job has not started."),
                now(),
                outcome,
                error);
    }

    /** Adds the end of an attempt whose lease has expired. */
    ConditionalUpdate leaseExpired(ConditionalUpdate update, Job job) {
        return attemptEnded(update, job, expired(job))
                .unusual("was taken from a worker that stopped reporting, in attempt " + job.attempt());
    }

    /** The running attempt of a job whose lease has expired, as an ended attempt. */
    Attempt expired(Job job) {
        return ended(job, Attempt.Outcome.INTERRUPTED, new JobError("lease-expired", "The worker stopped reporting."));
    }

    /** Ends a job that has not started before its start deadline. */
    ConditionalUpdate neverStarted(Job job) {
        ConditionalUpdate unstarted = new ConditionalUpdate()
                .when(JobItem.STATUS, fromS(JobStatus.PENDING.name()))
                .when(JobItem.ROUTE_EPOCH, JobItem.number(job.routeEpoch()))
                .whenAbsent(JobItem.ATTEMPT);
        return over(
                unstarted,
                job,
                JobStatus.FAILED,
                new JobError(
                        "start-deadline-exceeded",
                        "No worker could start the job within its startWithin. Submit it again with a longer one, or"
                                + " when there is less to do."));
    }

    /**
     * Adds that the job is over, with this status. A job that wants a completion event stays in the index of open jobs,
     * until {@link PendingEvents#sent}. Its check usually is soon already, and stays where it is, because to move it
     * would cost two more write units.
     */
    ConditionalUpdate over(ConditionalUpdate update, Job job, JobStatus status, @Nullable JobError error) {
        Instant now = now();
        update.set(JobItem.STATUS, fromS(status.name()))
                .set(JobItem.UPDATED_AT, JobItem.time(now))
                .set(JobTable.FINISHED_AT, JobItem.time(now))
                .remove(JobItem.CANCEL_REQUESTED, JobItem.KEPT);
        if (status == JobStatus.FAILED) {
            update.set(JobTable.FAIL_SHARD, JobItem.shard(job.id()));
        }
        if (job.completion().isNone()) {
            update.remove(JobTable.CHECK_SHARD, JobTable.CHECK_AT);
        } else if (!now.isBefore(firstCheck(job.createdAt(), job.limits().startBy(), job.completion()))) {
            // The watchdog has checked the job since, and its next check may be far away.
            update.set(JobTable.CHECK_AT, JobItem.time(now.plus(EVENT_CHECK)));
        }
        if (status != JobStatus.COMPLETED) {
            update.unusual("is " + status + (error == null ? "" : " with the error " + error.code()));
        }
        return error == null
                ? update
                : update.set(JobItem.ERROR_CODE, fromS(error.code()))
                        .set(JobItem.ERROR_MESSAGE, fromS(error.message()));
    }
}
