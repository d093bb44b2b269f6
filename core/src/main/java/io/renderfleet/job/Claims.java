package io.renderfleet.job;

import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromS;

import io.renderfleet.job.Job.Lease;
import io.renderfleet.job.JobStore.ClaimOutcome;
import io.renderfleet.region.RegionId;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Claims jobs for workers, usually by one write without a read before it. Each claim writes a random token. When the
 * response to a write was lost and the client repeats the write, the token in the item shows that the first write
 * succeeded.
 */
final class Claims {
    /** Each failed try means that the job's state changed in between, which is rare for one job. */
    private static final int TRIES = 3;

    private final JobDatabase database;
    private final KeyTurn turns;

    Claims(JobDatabase database) {
        this.database = database;
        this.turns = new KeyTurn(database);
    }

    /** The values that every try of one claim writes. */
    private record Claimant(RegionId region, WorkerId worker, Duration lease, String token) {
        /**
         * Whether the item has this claim. The owner is compared too, because a worker of an older version takes over a
         * lease without changing the token.
         */
        boolean holds(Map<String, AttributeValue> item) {
            return fromS(token).equals(item.get(JobItem.CLAIM_TOKEN))
                    && fromS(worker.value()).equals(item.get(JobItem.LEASE_OWNER));
        }
    }

    ClaimOutcome claim(JobId id, int epoch, RegionId region, WorkerId worker, Duration lease) {
        Claimant claimant = new Claimant(region, worker, lease, token());
        ConditionalUpdate first = new ConditionalUpdate()
                .when(JobItem.STATUS, fromS(JobStatus.PENDING.name()))
                .when(JobItem.ROUTE_EPOCH, JobItem.number(epoch))
                .whenAbsent(JobItem.AFTER)
                .whenStartable(database.now());
        ConditionalUpdate.Result result = database.apply(taken(first, claimant), id);
        for (int tries = 1; ; tries++) {
            if (result instanceof ConditionalUpdate.Applied made) {
                return claimed(id, made.item());
            }
            Optional<Map<String, AttributeValue>> current = ((ConditionalUpdate.Rejected) result).current();
            if (current.isEmpty()) {
                return new ClaimOutcome.Unknown();
            }
            if (claimant.holds(current.get())) {
                return claimed(id, current.get());
            }
            Job job = JobItem.read(current.get());
            Optional<ClaimOutcome> lost = lost(job, current.get(), epoch);
            if (lost.isPresent()) {
                return lost.get();
            }
            if (tries == TRIES) {
                return new ClaimOutcome.LeaseLive(database.now().plus(lease));
            }
            if (job.isPastStart(database.now())) {
                result = database.end(database.neverStarted(job), id);
                if (result instanceof ConditionalUpdate.Applied) {
                    return new ClaimOutcome.Terminal(JobStatus.FAILED);
                }
            } else {
                result = database.apply(again(job, claimant), id);
            }
        }
    }

    /**
     * A token of eight characters: random enough that no two claims of one job have the same, and short, because the
     * item must stay small.
     */
    private static String token() {
        byte[] random = new byte[6];
        ThreadLocalRandom.current().nextBytes(random);
        return Base64.getUrlEncoder().encodeToString(random);
    }

    private ClaimOutcome claimed(JobId id, Map<String, AttributeValue> item) {
        try {
            return new ClaimOutcome.Claimed(JobItem.read(item));
        } catch (UnreadableJobException e) {
            // Otherwise no worker that can read the job could claim it before the lease expires.
            database.apply(untaken(item), id);
            throw e;
        }
    }

    /** Reverts a claim whose attempt did not start, so that the attempt's number can be used again. */
    private static ConditionalUpdate untaken(Map<String, AttributeValue> item) {
        int attempt = JobItem.integer(item, JobItem.ATTEMPT);
        ConditionalUpdate update = new ConditionalUpdate()
                .when(JobItem.ATTEMPT, JobItem.number(attempt))
                .when(JobItem.LEASE_OWNER, Objects.requireNonNull(item.get(JobItem.LEASE_OWNER)))
                .set(JobItem.STATUS, fromS(JobStatus.PENDING.name()))
                .remove(JobItem.LEASE_OWNER, JobItem.LEASE_UNTIL, JobItem.CLAIM_TOKEN);
        return attempt == 1
                ? update.remove(JobItem.ATTEMPT, JobItem.STARTED_AT)
                : update.set(JobItem.ATTEMPT, JobItem.number(attempt - 1L));
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

    /**
     * A claim that depends on the job as it was read: from a worker whose lease expired, or of a job whose turn has
     * come.
     */
    private ConditionalUpdate again(Job job, Claimant claimant) {
        if (job.lease() == null) {
            ConditionalUpdate turn = new ConditionalUpdate()
                    .when(JobItem.STATUS, fromS(job.status().name()))
                    .when(JobItem.ROUTE_EPOCH, JobItem.number(job.routeEpoch()))
                    .whenStartable(database.now());
            if (job.after() != null) {
                turn.when(JobItem.SEQUENCE, JobItem.number(job.sequence()))
                        .remove(JobItem.AFTER, JobItem.AFTER_SEQUENCE);
            }
            return taken(turn, claimant);
        }
        return taken(StoredAttempts.add(database.overdue(job), job, database.expired(job)), claimant);
    }

    private ConditionalUpdate taken(ConditionalUpdate update, Claimant claimant) {
        Instant now = database.now();
        return update.set(JobItem.STATUS, fromS(JobStatus.PROCESSING.name()))
                .set(JobItem.REGION, fromS(claimant.region().value()))
                .add(JobItem.ATTEMPT, 1)
                .set(JobItem.LEASE_OWNER, fromS(claimant.worker().value()))
                .set(JobItem.CLAIM_TOKEN, fromS(claimant.token()))
                .set(JobItem.LEASE_UNTIL, JobItem.time(now.plus(claimant.lease())))
                .set(JobItem.PROGRESS, JobItem.number(0))
                .set(JobItem.STARTED_AT, JobItem.time(now))
                .set(JobItem.UPDATED_AT, JobItem.time(now));
    }
}
