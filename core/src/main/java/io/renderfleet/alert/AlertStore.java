package io.renderfleet.alert;

import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromBool;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromM;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromN;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromS;

import io.renderfleet.alert.AlertRule.Severity;
import io.renderfleet.completion.CompletionEvent;
import io.renderfleet.job.JobId;
import io.renderfleet.job.UserId;
import io.renderfleet.region.FleetTable;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;
import software.amazon.awssdk.services.dynamodb.model.TransactionConflictException;
import software.amazon.awssdk.services.dynamodb.model.Update;

/**
 * The latest {@value #KEPT} alerts: a ring of items with a counter. An alert is stored by one transaction with the
 * counter and with a mark for its event and rule, so that copies of an event raise one alert.
 *
 * <p>Thread-safe. Errors of DynamoDB are thrown as the SDK's exceptions.
 */
public final class AlertStore {
    /** The number of alerts that are kept. */
    public static final int KEPT = 100;

    private static final Map<String, AttributeValue> COUNTER = Map.of(FleetTable.ID, fromS("alerts"));
    private static final String LAST = "last";
    private static final String PUBLISHED = "published";

    /** Longer than the time for which SQS keeps an event. */
    private static final Duration MARK_LIFE = Duration.ofDays(15);

    /** Each further try means that another alert was stored in between. */
    private static final int TRIES = 50;

    private static final Duration LONGEST_PAUSE = Duration.ofMillis(20);

    private final DynamoDbClient client;
    private final String table;
    private final Clock clock;

    /** @param env the deployment's name, which is part of the table's name */
    public AlertStore(DynamoDbClient client, String env, Clock clock) {
        this.client = client;
        this.table = FleetTable.name(env);
        this.clock = clock;
    }

    /**
     * Stores an alert.
     *
     * @return empty when the rule has raised it for this event before
     * @throws IllegalStateException when other alerts were stored at each try; nothing was stored
     */
    public Optional<Alert> raise(CompletionEvent event, AlertRule rule) {
        for (int tries = 0; tries < TRIES; tries++) {
            Alert alert = new Alert(
                    last() + 1,
                    rule.name(),
                    rule.severity(),
                    rule.message(),
                    event.jobId(),
                    event.userId(),
                    event.source(),
                    event.eventId(),
                    clock.instant().truncatedTo(ChronoUnit.MILLIS));
            try {
                client.transactWriteItems(
                        request -> request.transactItems(marked(event, rule), counted(alert.id()), stored(alert)));
                return Optional.of(alert);
            } catch (TransactionCanceledException e) {
                if (!e.cancellationReasons().isEmpty()
                        && "ConditionalCheckFailed"
                                .equals(e.cancellationReasons().getFirst().code())) {
                    return Optional.empty();
                }
            } catch (TransactionConflictException e) {
                // Another alert is being stored.
            }
            LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(LONGEST_PAUSE.toNanos()));
        }
        throw new IllegalStateException("Other alerts were stored at each of " + TRIES + " tries.");
    }

    /** Whether it is recorded that the alert of a rule for this event was published. */
    public boolean isPublished(CompletionEvent event, AlertRule rule) {
        return client.getItem(request ->
                        request.tableName(table).key(mark(event, rule)).consistentRead(true))
                .item()
                .containsKey(PUBLISHED);
    }

    /** Records that the alert of a rule for this event, which is stored, was published. */
    public void recordPublished(CompletionEvent event, AlertRule rule) {
        client.updateItem(request -> request.tableName(table)
                .key(mark(event, rule))
                .updateExpression("SET #published = :true")
                .expressionAttributeNames(Map.of("#published", PUBLISHED))
                .expressionAttributeValues(Map.of(":true", fromBool(true))));
    }

    private TransactWriteItem marked(CompletionEvent event, AlertRule rule) {
        long expiry = clock.instant().plus(MARK_LIFE).getEpochSecond();
        return write(Update.builder()
                .tableName(table)
                .key(mark(event, rule))
                .updateExpression("SET " + FleetTable.EXPIRES_AT + " = :expiry")
                .conditionExpression("attribute_not_exists(" + FleetTable.ID + ")")
                .expressionAttributeValues(Map.of(":expiry", fromN(Long.toString(expiry)))));
    }

    private TransactWriteItem counted(long id) {
        Map<String, AttributeValue> values = new HashMap<>(Map.of(":id", fromN(Long.toString(id))));
        if (id > 1) {
            values.put(":before", fromN(Long.toString(id - 1)));
        }
        return write(Update.builder()
                .tableName(table)
                .key(COUNTER)
                .updateExpression("SET #last = :id")
                .conditionExpression(id == 1 ? "attribute_not_exists(#last)" : "#last = :before")
                .expressionAttributeNames(Map.of("#last", LAST))
                .expressionAttributeValues(values));
    }

    private TransactWriteItem stored(Alert alert) {
        Map<String, AttributeValue> source = new HashMap<>();
        alert.source().forEach((name, value) -> source.put(name, fromS(value)));
        Map<String, AttributeValue> content = Map.of(
                "number", fromN(Long.toString(alert.id())),
                "userId", fromS(alert.userId().value()),
                "rule", fromS(alert.rule()),
                "severity", fromS(alert.severity().name()),
                "message", fromS(alert.message()),
                "jobId", fromS(alert.jobId().toString()),
                "source", fromM(source),
                "eventId", fromS(alert.eventId()),
                "at", fromS(alert.at().toString()));
        return write(Update.builder()
                .tableName(table)
                .key(slot(alert.id()))
                .updateExpression("SET #alert = :alert")
                .expressionAttributeNames(Map.of("#alert", "alert"))
                .expressionAttributeValues(Map.of(":alert", fromM(content))));
    }

    private static TransactWriteItem write(Update.Builder update) {
        return TransactWriteItem.builder().update(update.build()).build();
    }

    /** The id of the latest alert; 0 when there is none. */
    public long last() {
        AttributeValue last = client.getItem(
                        request -> request.tableName(table).key(COUNTER).consistentRead(true))
                .item()
                .get(LAST);
        return last == null ? 0 : Long.parseLong(last.n());
    }

    /** An alert; empty when it does not exist, or a newer one has taken its place. */
    public Optional<Alert> find(long id) {
        AttributeValue stored = client.getItem(
                        request -> request.tableName(table).key(slot(id)).consistentRead(true))
                .item()
                .get("alert");
        return Optional.ofNullable(stored).map(value -> read(value.m())).filter(alert -> alert.id() == id);
    }

    private static Alert read(Map<String, AttributeValue> content) {
        Map<String, String> source = new HashMap<>();
        attribute(content, "source").m().forEach((name, value) -> source.put(name, value.s()));
        return new Alert(
                Long.parseLong(attribute(content, "number").n()),
                attribute(content, "rule").s(),
                Severity.valueOf(attribute(content, "severity").s()),
                attribute(content, "message").s(),
                JobId.of(attribute(content, "jobId").s()),
                new UserId(attribute(content, "userId").s()),
                source,
                attribute(content, "eventId").s(),
                Instant.parse(attribute(content, "at").s()));
    }

    private static AttributeValue attribute(Map<String, AttributeValue> content, String name) {
        return Objects.requireNonNull(content.get(name), name);
    }

    private static Map<String, AttributeValue> mark(CompletionEvent event, AlertRule rule) {
        return Map.of(FleetTable.ID, fromS("alert-mark#" + event.eventId() + "#" + rule.name()));
    }

    private static Map<String, AttributeValue> slot(long id) {
        return Map.of(FleetTable.ID, fromS("alert#" + id % KEPT));
    }
}
