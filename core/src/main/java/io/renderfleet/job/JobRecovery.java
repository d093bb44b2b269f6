package io.renderfleet.job;

import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromS;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The moves of the watchdog and of the reaper of dead letters. Any number of them may look at the same job: each move
 * names the state that was seen, with the time the job was to be looked at, so that one of them makes it.
 *
 * <p>Thread-safe.
 */
public final class JobRecovery {
    private final JobDatabase database;

    public JobRecovery(JobDatabase database) {
        this.database = database;
    }

    /**
     * An open job whose time to be looked at has come.
     *
     * @param checkAt that time
     */
    public record Due(Job job, Instant checkAt) {}

    /**
     * The ids of the open jobs of a shard that are to be looked at, longest due first. One query, also when there are
     * none; eventually consistent.
     *
     * @param shard 0 to {@link JobTable#CHECK_SHARDS} - 1
     * @param limit at most so many
     */
    public List<JobId> due(int shard, int limit) {
        return database
                .client()
                .query(request -> request.tableName(database.table())
                        .indexName(JobTable.OPEN_JOBS)
                        .keyConditionExpression(
                                JobTable.CHECK_SHARD + " = :shard AND " + JobTable.CHECK_AT + " <= :now")
                        .expressionAttributeValues(
                                Map.of(":shard", JobItem.number(shard), ":now", JobItem.time(database.now())))
                        .limit(limit))
                .items()
                .stream()
                .map(item -> JobId.of(
                        Objects.requireNonNull(item.get(JobTable.JOB_ID)).s()))
                .toList();
    }

    /** The job as it is now, if it is still to be looked at. */
    public Optional<Due> look(JobId id) {
        return database.item(id).flatMap(item -> {
            Instant checkAt = JobItem.checkAt(item);
            return checkAt == null || checkAt.isAfter(database.now())
                    ? Optional.empty()
                    : Optional.of(new Due(JobItem.read(item), checkAt));
        });
    }

    /** Leaves the job as it is until then. False when somebody else looked at it. */
    public boolean postpone(Due due, Instant next) {
        Move move = seen(new Move(), due).set(JobTable.CHECK_AT, JobItem.time(next));
        return database.apply(move, due.job().id()) instanceof Move.Made;
    }

    /**
     * Opens a job for a new message, which voids every older one: from a region's queue to the master queue again, or
     * from a worker that has not reported for longer than its lease. Empty when the job moved, or somebody else looked
     * at it.
     */
    public Optional<Job> sendAnew(Due due, Instant next) {
        Job job = due.job();
        Move move = job.lease() == null
                ? new Move()
                        .when(JobItem.STATUS, fromS(JobStatus.PENDING.name()))
                        .when(JobItem.ROUTE_EPOCH, JobItem.number(job.routeEpoch()))
                : database.leaseExpired(database.overdue(job), job)
                        .set(JobItem.STATUS, fromS(JobStatus.PENDING.name()));
        seen(move, due)
                .set(JobItem.ROUTE_EPOCH, JobItem.number(job.routeEpoch() + 1L))
                .set(JobItem.UPDATED_AT, JobItem.time(database.now()))
                .set(JobTable.CHECK_AT, JobItem.time(next))
                .remove(JobItem.REGION, JobItem.ROUTED_AT);
        return database.apply(move, job.id()) instanceof Move.Made made ? Optional.of(made.job()) : Optional.empty();
    }

    /** Ends a job that nobody started in time. False when it was started, or somebody else ended it. */
    public boolean failUnstarted(Due due) {
        return database.apply(
                        seen(database.neverStarted(due.job()), due), due.job().id())
                instanceof Move.Made;
    }

    /** What a dead letter's job says of the letter. */
    public enum Verdict {
        /** The job was open with this letter as its message, and is now FAILED. */
        FAILED,
        /** The job had failed before: the letter waits for an operator. */
        FAILED_BEFORE,
        /** The job ended otherwise, or was sent anew since: the letter stands for nothing. */
        OBSOLETE,
        /** A worker holds the job: look again later. */
        HELD,
        /** There is no such job. */
        UNKNOWN
    }

    /**
     * Ends the job of a dead letter, if the letter is its last message.
     *
     * @param epoch the route epoch that the letter carries
     * @param error what the user reads
     */
    public Verdict deadLetter(JobId id, int epoch, JobError error) {
        Optional<Job> found = database.find(id);
        if (found.isEmpty()) {
            return Verdict.UNKNOWN;
        }
        Job job = found.get();
        if (job.routeEpoch() != epoch || (job.status().isTerminal() && job.status() != JobStatus.FAILED)) {
            return job.routeEpoch() < epoch ? Verdict.UNKNOWN : Verdict.OBSOLETE;
        }
        if (job.status() == JobStatus.FAILED) {
            return Verdict.FAILED_BEFORE;
        }
        Lease lease = job.lease();
        if (lease != null && lease.until().isAfter(database.now())) {
            return Verdict.HELD;
        }
        Move move = lease == null
                ? new Move()
                        .when(JobItem.STATUS, fromS(JobStatus.PENDING.name()))
                        .when(JobItem.ROUTE_EPOCH, JobItem.number(epoch))
                : database.leaseExpired(database.overdue(job), job);
        return database.apply(database.over(move, JobStatus.FAILED, error), id) instanceof Move.Made
                ? Verdict.FAILED
                : Verdict.HELD;
    }

    private static Move seen(Move move, Due due) {
        return move.when(JobTable.CHECK_AT, JobItem.time(due.checkAt()));
    }
}
