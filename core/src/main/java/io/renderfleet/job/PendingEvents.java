package io.renderfleet.job;

import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromS;

import java.time.Instant;
import java.util.Objects;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * The jobs that have ended and whose completion events may not have been sent. They stay in the index of open jobs
 * until {@link #sent}, so that the watchdog finds them if the service that ended them dies before it sends the event.
 *
 * <p>Thread-safe. Errors of DynamoDB are thrown as the SDK's exceptions.
 */
public final class PendingEvents {
    private final DynamoDbClient client;
    private final String env;

    /** @param env the deployment's name, which is part of the table's name */
    public PendingEvents(DynamoDbClient client, String env) {
        this.client = client;
        this.env = env;
    }

    /**
     * Records that the queues of all sinks have the event of this end of the job. One write, on the condition that the
     * job was not retried since: the end of its next life has an event of its own.
     *
     * @param ended the job as it was stored when it ended
     * @return false when the event was recorded as sent before, or the job was retried or deleted
     */
    public boolean sent(Job ended) {
        Instant finishedAt = Objects.requireNonNull(ended.finishedAt(), "A job that has ended has a finish time.");
        ConditionalUpdate update = new ConditionalUpdate()
                .when(JobItem.STATUS, fromS(ended.status().name()))
                .when(JobTable.FINISHED_AT, JobItem.time(finishedAt))
                .when(JobItem.ROUTE_EPOCH, JobItem.number(ended.routeEpoch()))
                .whenPresent(JobTable.CHECK_AT)
                .remove(JobTable.CHECK_SHARD, JobTable.CHECK_AT);
        return update.apply(client, JobTable.name(env), ended.id().toString()) instanceof ConditionalUpdate.Applied;
    }
}
