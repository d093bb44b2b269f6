package io.renderfleet.jobtype.inference.fleet;

import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromN;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromS;

import io.renderfleet.region.FleetTable;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.ReturnValue;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;

/**
 * Items of the fleet table, read and written by their attributes. A write is conditional and succeeds as a whole or
 * returns the item as it is.
 *
 * <p>Thread-safe. Errors of DynamoDB are thrown as the SDK's exceptions.
 */
public final class FleetItems {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private final DynamoDbClient client;
    private final String table;

    /** @param env the deployment's name */
    public FleetItems(DynamoDbClient client, String env) {
        this.client = client;
        this.table = FleetTable.name(env);
    }

    /** The attributes of an item, by an eventually consistent read; empty if it does not exist. */
    public Map<String, AttributeValue> get(String id) {
        return client.getItem(request -> request.tableName(table).key(key(id))).item();
    }

    /** As {@link #get}, by a strongly consistent read. */
    public Map<String, AttributeValue> getLatest(String id) {
        return client.getItem(request -> request.tableName(table).key(key(id)).consistentRead(true))
                .item();
    }

    /** A write of an item, which is created if it does not exist and no condition requires it. */
    public Write write(String id) {
        return new Write(id);
    }

    private static Map<String, AttributeValue> key(String id) {
        return Map.of(FleetTable.ID, fromS(id));
    }

    public static AttributeValue number(long value) {
        return fromN(Long.toString(value));
    }

    /** Rounded down to a millisecond, in a form whose text order is its time order. */
    public static AttributeValue time(Instant value) {
        return fromS(TIME.format(value));
    }

    public static String text(Map<String, AttributeValue> fields, String name) {
        AttributeValue value = fields.get(name);
        return value == null || value.s() == null ? "" : value.s();
    }

    /** A number; 0 if it is absent. */
    public static long number(Map<String, AttributeValue> fields, String name) {
        AttributeValue value = fields.get(name);
        return value == null || value.n() == null ? 0 : Long.parseLong(value.n());
    }

    /** A time; the earliest one if it is absent. */
    public static Instant time(Map<String, AttributeValue> fields, String name) {
        String text = text(fields, name);
        return text.isEmpty() ? Instant.MIN : Instant.parse(text);
    }

    /**
     * What a write found.
     *
     * @param applied whether the conditions held and the item has changed
     * @param item the item as it is now; empty if it does not exist
     */
    public record Result(boolean applied, Map<String, AttributeValue> item) {}

    /** One conditional write of one item. */
    public final class Write {
        private final String id;
        private final List<String> sets = new ArrayList<>();
        private final List<String> removes = new ArrayList<>();
        private final List<String> conditions = new ArrayList<>();
        private final Map<String, String> names = new HashMap<>();
        private final Map<String, AttributeValue> values = new HashMap<>();

        private Write(String id) {
            this.id = id;
        }

        public Write set(String attribute, AttributeValue value) {
            sets.add(name(attribute) + " = " + value(value));
            return this;
        }

        /** Sets a field of an attribute that is a map. */
        Write setField(String attribute, String field, AttributeValue value) {
            sets.add(name(attribute) + "." + name(field) + " = " + value(value));
            return this;
        }

        /** Adds to a number that exists. */
        Write add(String attribute, long change) {
            String name = name(attribute);
            sets.add(name + " = " + name + " + " + value(number(change)));
            return this;
        }

        public Write remove(String attribute) {
            removes.add(name(attribute));
            return this;
        }

        public Write whenAbsent(String attribute) {
            conditions.add("attribute_not_exists(" + name(attribute) + ")");
            return this;
        }

        Write when(String attribute, AttributeValue expected) {
            conditions.add(name(attribute) + " = " + value(expected));
            return this;
        }

        public Write whenAtLeast(String attribute, long least) {
            conditions.add(name(attribute) + " >= " + value(number(least)));
            return this;
        }

        public Write whenField(String attribute, String field, AttributeValue expected) {
            conditions.add(name(attribute) + "." + name(field) + " = " + value(expected));
            return this;
        }

        Write whenFieldAbsent(String attribute, String field) {
            conditions.add("attribute_not_exists(" + name(attribute) + "." + name(field) + ")");
            return this;
        }

        /** Requires that the attribute is absent or its field is less. */
        public Write whenAbsentOrLess(String attribute, String field, AttributeValue bound) {
            conditions.add("(attribute_not_exists(" + name(attribute) + ") OR " + name(attribute) + "." + name(field)
                    + " < " + value(bound) + ")");
            return this;
        }

        public Result apply() {
            try {
                var response = client.updateItem(request -> {
                    request.tableName(table)
                            .key(key(id))
                            .updateExpression(expression())
                            .expressionAttributeNames(names)
                            .returnValues(ReturnValue.ALL_NEW)
                            .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD);
                    if (!conditions.isEmpty()) {
                        request.conditionExpression(String.join(" AND ", conditions));
                    }
                    if (!values.isEmpty()) {
                        request.expressionAttributeValues(values);
                    }
                });
                return new Result(true, response.attributes());
            } catch (ConditionalCheckFailedException e) {
                return new Result(false, e.hasItem() ? e.item() : Map.of());
            }
        }

        private String expression() {
            String set = sets.isEmpty() ? "" : "SET " + String.join(", ", sets);
            return removes.isEmpty() ? set : set + " REMOVE " + String.join(", ", removes);
        }

        private String name(String attribute) {
            for (Map.Entry<String, String> known : names.entrySet()) {
                if (known.getValue().equals(attribute)) {
                    return known.getKey();
                }
            }
            String alias = "#n" + names.size();
            names.put(alias, attribute);
            return alias;
        }

        private String value(AttributeValue value) {
            String alias = ":v" + values.size();
            values.put(alias, value);
            return alias;
        }
    }
}
