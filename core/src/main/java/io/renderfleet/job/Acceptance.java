package io.renderfleet.job;

import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromS;

import io.renderfleet.job.JobStore.SubmitOutcome;
import java.time.Instant;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;

/** Stores new jobs, and withdraws those whose message could not be sent. */
final class Acceptance {
    private final JobDatabase database;
    private final KeyOrder order;
    private final Payloads payloads;

    Acceptance(JobDatabase database) {
        this.database = database;
        this.order = new KeyOrder(database);
        this.payloads = new Payloads(database);
    }

    SubmitOutcome submit(NewJob job) {
        Instant expiry = database.expiry(job.createdAt());
        Map<String, AttributeValue> item = JobItem.of(
                job, database.firstCheck(job.createdAt(), job.limits().startBy(), job.completion()), expiry);
        payloads.store(job, expiry);
        return job.orderingKey() == null ? unordered(job, item) : order.submit(job, item);
    }

    private SubmitOutcome unordered(NewJob job, Map<String, AttributeValue> item) {
        try {
            database.client()
                    .putItem(request -> request.tableName(database.table())
                            .item(item)
                            .conditionExpression("attribute_not_exists(" + JobTable.JOB_ID + ")")
                            .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD));
            return new SubmitOutcome.Stored();
        } catch (ConditionalCheckFailedException e) {
            return repeated(job, e.item());
        }
    }

    /** The outcome of a submission whose id exists. */
    static SubmitOutcome repeated(NewJob job, Map<String, AttributeValue> item) {
        Job stored = JobItem.read(item);
        return stored.requestHash().equals(job.requestHash()) && stored.userId().equals(job.userId())
                ? new SubmitOutcome.Replayed(stored)
                : new SubmitOutcome.Conflicting();
    }

    boolean confirm(JobId id, Instant createdAt) {
        return database.apply(unrouted(createdAt).set(JobItem.CONFIRMED, JobItem.flag()), id)
                instanceof ConditionalUpdate.Applied;
    }

    boolean withdraw(JobId id, Instant createdAt) {
        ConditionalUpdate update =
                unrouted(createdAt).whenAbsent(JobItem.CONFIRMED).whenAbsent(JobItem.SEQUENCE);
        try {
            database.client()
                    .deleteItem(request -> request.tableName(database.table())
                            .key(ConditionalUpdate.key(id))
                            .conditionExpression(update.condition())
                            .expressionAttributeNames(update.names())
                            .expressionAttributeValues(update.values())
                            .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD));
            return true;
        } catch (ConditionalCheckFailedException e) {
            return e.hasItem()
                    && JobItem.sequence(e.item()) > 0
                    && order.withdraw(e.item(), unrouted(createdAt).whenAbsent(JobItem.CONFIRMED));
        }
    }

    private static ConditionalUpdate unrouted(Instant createdAt) {
        return new ConditionalUpdate()
                .when(JobItem.STATUS, fromS(JobStatus.PENDING.name()))
                .when(JobItem.ROUTE_EPOCH, JobItem.number(0))
                .when(JobTable.CREATED_AT, JobItem.time(createdAt));
    }
}
