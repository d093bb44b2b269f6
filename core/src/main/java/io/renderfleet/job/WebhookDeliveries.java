package io.renderfleet.job;

import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromM;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromS;

import io.renderfleet.job.WebhookDelivery.State;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;

/**
 * Records in the item of a job what became of its webhook: one write for each attempt to deliver.
 *
 * <p>Thread-safe. Errors of DynamoDB are thrown as the SDK's exceptions.
 */
public final class WebhookDeliveries {
    private static final String EVENT = "event";
    private static final String STATE = "state";
    private static final String ATTEMPTS = "attempts";
    private static final String LAST_STATUS = "lastStatus";
    private static final String LAST_ERROR = "lastError";
    private static final String LAST_AT = "lastAt";
    private static final String NEXT_AT = "nextAt";

    private final DynamoDbClient client;
    private final String env;

    /** @param env the deployment's name, which is part of the table's name */
    public WebhookDeliveries(DynamoDbClient client, String env) {
        this.client = client;
        this.env = env;
    }

    /**
     * Records an attempt. A delivery that is recorded as DELIVERED stays so: a copy of the event may have been tried at
     * the same time.
     *
     * @param finishedAt the time of the end of the job that the event reports
     * @return false when the job was deleted or has had another end or a retry since, or the event was delivered before;
     *     nothing was changed
     */
    public boolean record(JobId id, Instant finishedAt, WebhookDelivery delivery) {
        try {
            client.updateItem(request -> request.tableName(JobTable.name(env))
                    .key(ConditionalUpdate.key(id))
                    .updateExpression("SET #webhook = :webhook")
                    .conditionExpression("#finishedAt = :finishedAt AND (attribute_not_exists(#webhook)"
                            + " OR #webhook.#event <> :event OR #webhook.#state <> :delivered)")
                    .expressionAttributeNames(Map.of(
                            "#webhook",
                            JobItem.WEBHOOK,
                            "#finishedAt",
                            JobTable.FINISHED_AT,
                            "#event",
                            EVENT,
                            "#state",
                            STATE))
                    .expressionAttributeValues(Map.of(
                            ":webhook",
                            fromM(attributes(delivery)),
                            ":finishedAt",
                            JobItem.time(finishedAt),
                            ":event",
                            fromS(delivery.eventId()),
                            ":delivered",
                            fromS(State.DELIVERED.name()))));
            return true;
        } catch (ConditionalCheckFailedException e) {
            return false;
        }
    }

    private static Map<String, AttributeValue> attributes(WebhookDelivery delivery) {
        Map<String, AttributeValue> attributes = new HashMap<>();
        attributes.put(EVENT, fromS(delivery.eventId()));
        attributes.put(STATE, fromS(delivery.state().name()));
        attributes.put(ATTEMPTS, JobItem.number(delivery.attempts()));
        attributes.put(LAST_AT, JobItem.time(delivery.lastAt()));
        if (delivery.lastStatus() != null) {
            attributes.put(LAST_STATUS, JobItem.number(delivery.lastStatus()));
        }
        if (delivery.lastError() != null) {
            attributes.put(LAST_ERROR, fromS(delivery.lastError()));
        }
        if (delivery.nextAt() != null) {
            attributes.put(NEXT_AT, JobItem.time(delivery.nextAt()));
        }
        return attributes;
    }

    /** Reads the attribute of a job's item. */
    static WebhookDelivery read(AttributeValue stored) {
        Map<String, AttributeValue> attributes = stored.m();
        return new WebhookDelivery(
                JobItem.text(attributes, EVENT),
                State.valueOf(JobItem.text(attributes, STATE)),
                JobItem.integer(attributes, ATTEMPTS),
                attributes.containsKey(LAST_STATUS) ? JobItem.integer(attributes, LAST_STATUS) : null,
                JobItem.optional(attributes, LAST_ERROR, AttributeValue::s),
                Timestamps.read(JobItem.text(attributes, LAST_AT)),
                JobItem.optional(attributes, NEXT_AT, JobItem::time));
    }
}
