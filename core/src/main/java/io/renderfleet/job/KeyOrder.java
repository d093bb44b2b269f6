package io.renderfleet.job;

import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromS;

import io.renderfleet.job.JobStore.SubmitOutcome;
import io.renderfleet.region.FleetTable;
import io.renderfleet.region.PassingFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.apache.commons.codec.digest.DigestUtils;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.CancellationReason;
import software.amazon.awssdk.services.dynamodb.model.Put;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;
import software.amazon.awssdk.services.dynamodb.model.TransactionConflictException;
import software.amazon.awssdk.services.dynamodb.model.Update;

/**
 * The order of the jobs of one ordering key of one user. Each job is stored in one transaction with the new end of the
 * key's chain, so that the jobs form a chain without gaps. A job starts when the preceding one in the chain is over.
 * The order does not depend on the queues, which may reorder, repeat and lose messages.
 *
 * <p>A job that is retried moves to the end of the chain, as if it were accepted now. Jobs that waited for it no longer
 * do, but still wait for the jobs that it waited for itself.
 */
final class KeyOrder {
    private static final String CONDITION_FAILED = "ConditionalCheckFailed";

    /** The reasons for which a transaction is cancelled when another one of the same key was executed in between. */
    private static final Set<String> CONTENTION = Set.of(CONDITION_FAILED, "TransactionConflict");

    /** Each failed try means that another job of the same key was stored in between. */
    private static final int TRIES = 20;

    private static final int WITHDRAWAL_TRIES = 3;

    private static final Duration LONGEST_PAUSE = Duration.ofMillis(50);

    private final JobDatabase database;

    KeyOrder(JobDatabase database) {
        this.database = database;
    }

    /**
     * The end of a key's chain.
     *
     * @param job the last job; null when there is none
     * @param sequence its position; 0 when there is none
     */
    private record End(@Nullable JobId job, long sequence) {}

    SubmitOutcome submit(NewJob job, Map<String, AttributeValue> item) {
        String chain = chain(job.userId(), Objects.requireNonNull(job.orderingKey()));
        End end = end(chain);
        Map<String, AttributeValue> placed = new HashMap<>(item);
        placed.put(JobItem.SEQUENCE, JobItem.number(end.sequence() + 1));
        if (end.job() != null) {
            placed.put(JobItem.AFTER, fromS(end.job().toString()));
        }
        Put put = Put.builder()
                .tableName(database.table())
                .item(placed)
                .conditionExpression("attribute_not_exists(" + JobTable.JOB_ID + ")")
                .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD)
                .build();
        return switch (write(TransactWriteItem.builder().put(put).build(), chain, end, job.id())) {
            case Write.Made _ -> new SubmitOutcome.Stored();
            case Write.Refused(var current) -> Acceptance.repeated(job, current);
            case Write.Contended _ -> new SubmitOutcome.Contended();
        };
    }

    /** The outcome of {@link #append}. */
    enum Appended {
        MADE,
        /** The conditions of the job's own write do not hold. */
        REFUSED,
        /** Another job of the key was stored at each try. */
        CONTENDED
    }

    /**
     * Writes a job that moves to the end of its key's chain.
     *
     * @param item the job's item as it was read
     * @param update creates a new update for each try
     */
    Appended append(Job job, Map<String, AttributeValue> item, Supplier<ConditionalUpdate> update) {
        String chain = chain(job.userId(), Objects.requireNonNull(job.orderingKey()));
        for (int tries = 1; ; tries++) {
            End end = end(chain);
            ConditionalUpdate placed = placed(update.get(), item, end);
            Update part = placed.inTransaction(database.table(), job.id());
            switch (write(TransactWriteItem.builder().update(part).build(), chain, end, job.id())) {
                case Write.Made _ -> {
                    JobDatabase.logMade(placed, job.id());
                    return Appended.MADE;
                }
                case Write.Refused _ -> {
                    return Appended.REFUSED;
                }
                case Write.Contended _ -> {
                    if (tries == TRIES) {
                        return Appended.CONTENDED;
                    }
                    pause();
                }
            }
        }
    }

    private static ConditionalUpdate placed(ConditionalUpdate update, Map<String, AttributeValue> item, End end) {
        update.set(JobItem.SEQUENCE, JobItem.number(end.sequence() + 1)).remove(JobItem.AFTER_SEQUENCE);
        AttributeValue past = KeyTurn.past(item);
        if (past != null) {
            update.set(JobItem.PAST, past);
        }
        return end.job() == null
                ? update.remove(JobItem.AFTER)
                : update.set(JobItem.AFTER, fromS(end.job().toString()));
    }

    /**
     * Deletes a job that is the last of its chain, and moves the chain's end back to the preceding job.
     *
     * @param update the conditions under which the job may be deleted
     * @return false when the job is not the last one, since the job after it depends on it, or its conditions do not
     *     hold
     */
    boolean withdraw(Map<String, AttributeValue> item, ConditionalUpdate update) {
        Job job = JobItem.read(item);
        TransactWriteItem deletion = TransactWriteItem.builder()
                .delete(delete -> delete.tableName(database.table())
                        .key(ConditionalUpdate.key(job.id()))
                        .conditionExpression(update.condition())
                        .expressionAttributeNames(update.names())
                        .expressionAttributeValues(update.values()))
                .build();
        TransactWriteItem end = endBefore(job);
        for (int tries = 1; ; tries++) {
            try {
                database.client().transactWriteItems(request -> request.transactItems(deletion, end));
                return true;
            } catch (TransactionCanceledException e) {
                if (e.cancellationReasons().stream().anyMatch(reason -> CONDITION_FAILED.equals(reason.code()))) {
                    return false;
                }
                // The conflicting transaction has usually moved the chain's end, which the next try detects.
                if (tries == WITHDRAWAL_TRIES || PassingFailure.isThrottled(e)) {
                    throw e;
                }
                pause();
            }
        }
    }

    /** The write that moves the chain's end from this job to the preceding one. */
    private TransactWriteItem endBefore(Job job) {
        Map<String, AttributeValue> key =
                Map.of(FleetTable.ID, fromS(chain(job.userId(), Objects.requireNonNull(job.orderingKey()))));
        String atJob = "lastJob = :job AND lastSequence = :sequence";
        Map<String, AttributeValue> values =
                new HashMap<>(Map.of(":job", fromS(job.id().toString()), ":sequence", JobItem.number(job.sequence())));
        JobId before = job.after();
        if (before == null) {
            return TransactWriteItem.builder()
                    .delete(delete -> delete.tableName(database.fleetTable())
                            .key(key)
                            .conditionExpression(atJob)
                            .expressionAttributeValues(values))
                    .build();
        }
        values.put(":before", fromS(before.toString()));
        values.put(":sequenceBefore", JobItem.number(job.sequence() - 1));
        return TransactWriteItem.builder()
                .update(update -> update.tableName(database.fleetTable())
                        .key(key)
                        .updateExpression("SET lastJob = :before, lastSequence = :sequenceBefore")
                        .conditionExpression(atJob)
                        .expressionAttributeValues(values))
                .build();
    }

    /** The outcome of a transaction that writes a job and moves the end of its chain. */
    private sealed interface Write {
        record Made() implements Write {}

        /** The job's own condition did not hold; {@code current} is its item, empty unless it was requested. */
        record Refused(Map<String, AttributeValue> current) implements Write {}

        /** Another job of the key was stored at the same time, or since the end was read. */
        record Contended() implements Write {}
    }

    private Write write(TransactWriteItem job, String chain, End end, JobId id) {
        Update update = Update.builder()
                .tableName(database.fleetTable())
                .key(Map.of(FleetTable.ID, fromS(chain)))
                .updateExpression("SET lastJob = :job, lastSequence = :next, " + FleetTable.EXPIRES_AT + " = :expiry")
                .conditionExpression(
                        end.job() == null ? "attribute_not_exists(" + FleetTable.ID + ")" : "lastSequence = :sequence")
                .expressionAttributeValues(values(end, id))
                .build();
        try {
            database.client()
                    .transactWriteItems(request -> request.transactItems(
                            job, TransactWriteItem.builder().update(update).build()));
            return new Write.Made();
        } catch (TransactionCanceledException e) {
            List<CancellationReason> reasons = e.cancellationReasons();
            if (!reasons.isEmpty() && CONDITION_FAILED.equals(reasons.getFirst().code())) {
                return new Write.Refused(reasons.getFirst().item());
            }
            if (reasons.stream().anyMatch(cause -> CONTENTION.contains(cause.code()))) {
                return new Write.Contended();
            }
            throw e;
        } catch (TransactionConflictException e) {
            return new Write.Contended();
        }
    }

    /** A random pause, so that transactions that met do not meet again. */
    private static void pause() {
        LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(LONGEST_PAUSE.toNanos()));
    }

    private Map<String, AttributeValue> values(End end, JobId id) {
        // The chain's end expires after its last job, when no job waits for it any more.
        Instant expiry = database.expiry(database.now());
        Map<String, AttributeValue> values = new HashMap<>();
        values.put(":job", fromS(id.toString()));
        values.put(":next", JobItem.number(end.sequence() + 1));
        values.put(":expiry", JobItem.number(expiry.getEpochSecond()));
        if (end.job() != null) {
            values.put(":sequence", JobItem.number(end.sequence()));
        }
        return values;
    }

    private End end(String chain) {
        var response = database.client()
                .getItem(request -> request.tableName(database.fleetTable())
                        .key(Map.of(FleetTable.ID, fromS(chain)))
                        .consistentRead(true));
        return response.hasItem()
                ? new End(
                        JobId.of(Objects.requireNonNull(response.item().get("lastJob"))
                                .s()),
                        Long.parseLong(Objects.requireNonNull(response.item().get("lastSequence"))
                                .n()))
                : new End(null, 0);
    }

    private static String chain(UserId user, OrderingKey key) {
        return "order#" + DigestUtils.sha256Hex(key.of(user));
    }
}
