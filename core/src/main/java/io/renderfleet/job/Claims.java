package io.renderfleet.job;

import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromS;

import io.renderfleet.region.RegionId;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Gives jobs to workers: in the usual case by one write that nobody has to read for. */
final class Claims {
    /** Each failed try means that another made a move in between; nobody moves one job this often at once. */
    private static final int TRIES = 3;

    private final JobDatabase database;
    private final KeyTurn turns;

    Claims(JobDatabase database) {
        this.database = database;
        this.turns = new KeyTurn(database);
    }

    ClaimOutcome claim(JobId id, int epoch, RegionId region, WorkerId worker, Duration lease) {
        Move first = new Move()
                .when(JobItem.STATUS, fromS(JobStatus.PENDING.name()))
                .when(JobItem.ROUTE_EPOCH, JobItem.number(epoch))
                .whenAbsent(JobItem.AFTER)
                .whenStartable(database.now());
        Move.Result result = database.apply(taken(first, region, worker, lease), id);
        for (int tries = 1; ; tries++) {
            if (result instanceof Move.Made made) {
                return claimed(id, made);
            }
            Optional<Map<String, AttributeValue>> current = ((Move.Refused) result).current();
            if (current.isEmpty()) {
                return new ClaimOutcome.Unknown();
            }
            Job job = read(id, current.get());
            Optional<ClaimOutcome> lost = lost(job, current.get(), epoch);
            if (lost.isPresent()) {
                return lost.get();
            }
            if (tries == TRIES) {
                return new ClaimOutcome.LeaseLive(database.now().plus(lease));
            }
            if (job.isPastStart(database.now())) {
                result = database.apply(database.neverStarted(job), id);
                if (result instanceof Move.Made) {
                    return new ClaimOutcome.Terminal(JobStatus.FAILED);
                }
            } else {
                result = database.apply(again(job, region, worker, lease), id);
            }
        }
    }

    private ClaimOutcome claimed(JobId id, Move.Made made) {
        try {
            return new ClaimOutcome.Claimed(read(id, made.item()));
        } catch (UnreadableJobException e) {
            // Held until the lease ends, it would be kept from a worker that can read it.
            database.apply(untaken(made.item()), id);
            throw e;
        }
    }

    private static Job read(JobId id, Map<String, AttributeValue> item) {
        try {
            return JobItem.read(item);
        } catch (RuntimeException e) {
            throw new UnreadableJobException(id, e);
        }
    }

    /** Undoes a claim that nothing came of: the attempt's number is free again. */
    private static Move untaken(Map<String, AttributeValue> item) {
        int attempt = JobItem.integer(item, JobItem.ATTEMPT);
        Move move = new Move()
                .when(JobItem.ATTEMPT, JobItem.number(attempt))
                .when(JobItem.LEASE_OWNER, Objects.requireNonNull(item.get(JobItem.LEASE_OWNER)))
                .set(JobItem.STATUS, fromS(JobStatus.PENDING.name()))
                .remove(JobItem.LEASE_OWNER, JobItem.LEASE_UNTIL);
        return attempt == 1
                ? move.remove(JobItem.ATTEMPT, JobItem.STARTED_AT)
                : move.set(JobItem.ATTEMPT, JobItem.number(attempt - 1L));
    }

    private Optional<ClaimOutcome> lost(Job job, Map<String, AttributeValue> item, int epoch) {
        Instant now = database.now();
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
        if (lease != null) {
            return lease.until().isAfter(now)
                    ? Optional.of(new ClaimOutcome.LeaseLive(lease.until()))
                    : Optional.empty();
        }
        return job.after() == null || job.isPastStart(now)
                ? Optional.empty()
                : turns.unfinishedBefore(item).map(ClaimOutcome.OutOfTurn::new);
    }

    /** A claim that has seen the job: from a worker whose lease ran out, or of one whose turn it has become. */
    private Move again(Job job, RegionId region, WorkerId worker, Duration lease) {
        if (job.lease() == null) {
            Move turn = new Move()
                    .when(JobItem.STATUS, fromS(job.status().name()))
                    .when(JobItem.ROUTE_EPOCH, JobItem.number(job.routeEpoch()))
                    .whenStartable(database.now());
            if (job.after() != null) {
                turn.when(JobItem.PLACE, JobItem.number(job.place())).remove(JobItem.AFTER, JobItem.AFTER_PLACE);
            }
            return taken(turn, region, worker, lease);
        }
        Move over = database.remember(
                database.overdue(job),
                job,
                Attempt.Outcome.INTERRUPTED,
                new JobError("lease-expired", "The worker stopped reporting."));
        return taken(over, region, worker, lease);
    }

    private Move taken(Move move, RegionId region, WorkerId worker, Duration lease) {
        Instant now = database.now();
        return move.set(JobItem.STATUS, fromS(JobStatus.PROCESSING.name()))
                .set(JobItem.REGION, fromS(region.value()))
                .add(JobItem.ATTEMPT, 1)
                .set(JobItem.LEASE_OWNER, fromS(worker.value()))
                .set(JobItem.LEASE_UNTIL, JobItem.time(now.plus(lease)))
                .set(JobItem.PROGRESS, JobItem.number(0))
                .set(JobItem.STARTED_AT, JobItem.time(now))
                .set(JobItem.UPDATED_AT, JobItem.time(now));
    }
}
