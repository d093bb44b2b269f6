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
 * One conditional write of one job's item. It either happens as a whole or answers with the item that stood in its
 * way, so that no reader ever decides on a second, later look. Attribute names are always aliased: several of ours are
 * reserved words.
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

    /** That the job has no start deadline, or it has not passed, or the job has started before. */
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
     * That the log says of it, once it was made, that the job took an unusual way. The last call counts.
     *
     * @param what after "Job ... ", such as "is CANCELLED"
     */
    ConditionalUpdate unusual(String what) {
        unusual = what;
        return this;
    }

    /** What is unusual about it; null for nothing. */
    @Nullable
    String unusual() {
        return unusual;
    }

    /** Whether the job's status changes, or is what decides. */
    boolean isTransition() {
        return names.containsValue(JobItem.STATUS);
    }

    /** The same write as a part of a transaction. */
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

    /** Writes; the item as it then is, or as it was when a condition did not hold. */
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

    /** Its expressions, without the values. */
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

    /** How a write ended. */
    sealed interface Result {}

    /** It was made. */
    record Applied(Map<String, AttributeValue> item) implements Result {
        Job job() {
            return JobItem.read(item);
        }
    }

    /** It was not; {@code current} is what stood in its way, empty when there is no such job. */
    record Rejected(Optional<Map<String, AttributeValue>> current) implements Result {}
}
