package io.renderfleet.job;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.ReturnValue;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;
import software.amazon.awssdk.services.dynamodb.model.Update;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;

/**
 * One conditional write of one job's item. It either succeeds as a whole, or returns the item that did not meet its
 * conditions, so that no decision depends on a separate read. Attribute names are always aliased, because several of
 * them are reserved words of DynamoDB.
 */
final class ConditionalUpdate {
    private final List<String> sets = new ArrayList<>();
    private final List<String> removes = new ArrayList<>();
    private final List<String> conditions = new ArrayList<>();
    private final Map<String, String> names = new HashMap<>();
    private final Map<String, AttributeValue> values = new HashMap<>();
    private @Nullable String unusual;

    ConditionalUpdate set(String attribute, AttributeValue value) {
        sets.add(alias(attribute) + " = " + value(value));
        return this;
    }

    ConditionalUpdate add(String attribute, long increment) {
        String name = alias(attribute);
        sets.add(name + " = if_not_exists(" + name + ", " + value(JobItem.number(0)) + ") + "
                + value(JobItem.number(increment)));
        return this;
    }

    ConditionalUpdate append(String attribute, AttributeValue element) {
        String name = alias(attribute);
        sets.add(name + " = list_append(if_not_exists(" + name + ", " + value(JobItem.emptyList()) + "), "
                + value(AttributeValue.fromL(List.of(element))) + ")");
        return this;
    }

    ConditionalUpdate remove(String... attributes) {
        for (String attribute : attributes) {
            removes.add(alias(attribute));
        }
        return this;
    }

    ConditionalUpdate when(String attribute, AttributeValue expected) {
        conditions.add(alias(attribute) + " = " + value(expected));
        return this;
    }

    ConditionalUpdate whenPresent(String attribute) {
        conditions.add("attribute_exists(" + alias(attribute) + ")");
        return this;
    }

    ConditionalUpdate whenAbsent(String attribute) {
        conditions.add("attribute_not_exists(" + alias(attribute) + ")");
        return this;
    }

    /**
     * Requires that the job has no start deadline, that the deadline has not passed, or that the job has started
     * before.
     */
    ConditionalUpdate whenStartable(Instant now) {
        conditions.add("(attribute_not_exists(%s) OR %s > %s OR attribute_exists(%s))"
                .formatted(
                        alias(JobItem.START_BY),
                        alias(JobItem.START_BY),
                        value(JobItem.time(now)),
                        alias(JobItem.ATTEMPT)));
        return this;
    }

    /**
     * Requests a log line when the write succeeds, because the change of state is unusual. The last call counts.
     *
     * @param what the text after "Job ... ", such as "is CANCELLED"
     */
    ConditionalUpdate unusual(String what) {
        unusual = what;
        return this;
    }

    /** The text of the log line; null when none was requested. */
    @Nullable
    String unusual() {
        return unusual;
    }

    /** Whether the write changes the status or depends on it. */
    boolean isTransition() {
        return names.containsValue(JobItem.STATUS);
    }

    /** This write as a part of a transaction. */
    Update inTransaction(String table, JobId id) {
        return Update.builder()
                .tableName(table)
                .key(key(id))
                .updateExpression(expression())
                .conditionExpression(condition())
                .expressionAttributeNames(names)
                .expressionAttributeValues(values)
                .build();
    }

    /** Executes the write. */
    Result apply(DynamoDbClient client, String table, String key) {
        UpdateItemRequest request = UpdateItemRequest.builder()
                .tableName(table)
                .key(key(key))
                .updateExpression(expression())
                .conditionExpression(condition())
                .expressionAttributeNames(names)
                .expressionAttributeValues(values)
                .returnValues(ReturnValue.ALL_NEW)
                .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD)
                .build();
        try {
            return new Applied(client.updateItem(request).attributes());
        } catch (ConditionalCheckFailedException e) {
            return new Rejected(e.hasItem() ? Optional.of(e.item()) : Optional.empty());
        }
    }

    String condition() {
        return String.join(" AND ", conditions);
    }

    Map<String, String> names() {
        return names;
    }

    Map<String, AttributeValue> values() {
        return values;
    }

    static Map<String, AttributeValue> key(JobId id) {
        return key(id.toString());
    }

    private static Map<String, AttributeValue> key(String id) {
        return Map.of(JobTable.JOB_ID, AttributeValue.fromS(id));
    }

    private String expression() {
        String set = sets.isEmpty() ? "" : "SET " + String.join(", ", sets);
        return removes.isEmpty() ? set : set + " REMOVE " + String.join(", ", removes);
    }

    /** The expressions, without the values. */
    @Override
    public String toString() {
        return expression() + " WHEN " + condition();
    }

    private String alias(String attribute) {
        String alias = "#" + attribute;
        names.put(alias, attribute);
        return alias;
    }

    private String value(AttributeValue value) {
        String name = ":v" + values.size();
        values.put(name, value);
        return name;
    }

    /** The outcome of a write. */
    sealed interface Result {}

    /** The write succeeded; {@code item} is the new item. */
    record Applied(Map<String, AttributeValue> item) implements Result {
        Job job() {
            return JobItem.read(item);
        }
    }

    /** A condition did not hold; {@code current} is the item as it is, empty when it does not exist. */
    record Rejected(Optional<Map<String, AttributeValue>> current) implements Result {}
}
