package io.renderfleet.alert;

import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromM;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromS;

import io.renderfleet.alert.AlertRule.Severity;
import io.renderfleet.region.FleetTable;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;

/**
 * The rules that operators saved: one item of the fleet table with an attribute for each rule.
 *
 * <p>Thread-safe. Errors of DynamoDB are thrown as the SDK's exceptions.
 */
public final class RuleStore {
    /** The most rules, of up to 2.5 KB each, so that they fit into one item. */
    public static final int MAX_RULES = 100;

    private static final Map<String, AttributeValue> KEY = Map.of(FleetTable.ID, fromS("alert-rules"));

    /** Begins the attribute of a rule, so that no name of a rule is that of another attribute. */
    private static final String RULE = "rule-";

    private final DynamoDbClient client;
    private final String table;

    /** @param env the deployment's name, which is part of the table's name */
    public RuleStore(DynamoDbClient client, String env) {
        this.client = client;
        this.table = FleetTable.name(env);
    }

    /**
     * The saved rules, by name.
     *
     * @param consistent whether the answer must have every rule that was saved before
     */
    public SortedMap<String, AlertRule> all(boolean consistent) {
        SortedMap<String, AlertRule> rules = new TreeMap<>();
        client.getItem(request -> request.tableName(table).key(KEY).consistentRead(consistent))
                .item()
                .forEach((attribute, value) -> {
                    if (attribute.startsWith(RULE)) {
                        String name = attribute.substring(RULE.length());
                        rules.put(
                                name,
                                new AlertRule(
                                        name,
                                        text(value, "when"),
                                        text(value, "message"),
                                        Severity.valueOf(text(value, "severity"))));
                    }
                });
        return rules;
    }

    private static String text(AttributeValue rule, String name) {
        return Objects.requireNonNull(rule.m().get(name), name).s();
    }

    /**
     * Saves a rule, or replaces the one with its name.
     *
     * @return false when there are {@value #MAX_RULES} others; nothing was changed
     */
    public boolean save(AlertRule rule) {
        Map<String, AttributeValue> content = Map.of(
                "when", fromS(rule.when()),
                "message", fromS(rule.message()),
                "severity", fromS(rule.severity().name()));
        var others = all(true);
        others.remove(rule.name());
        if (others.size() >= MAX_RULES) {
            return false;
        }
        client.updateItem(request -> request.tableName(table)
                .key(KEY)
                .updateExpression("SET #rule = :rule")
                .expressionAttributeNames(Map.of("#rule", RULE + rule.name()))
                .expressionAttributeValues(Map.of(":rule", fromM(content))));
        return true;
    }

    /** Deletes a rule; false when there is none with this name. */
    public boolean delete(String name) {
        try {
            client.updateItem(request -> request.tableName(table)
                    .key(KEY)
                    .updateExpression("REMOVE #rule")
                    .conditionExpression("attribute_exists(#rule)")
                    .expressionAttributeNames(Map.of("#rule", RULE + name)));
            return true;
        } catch (ConditionalCheckFailedException e) {
            return false;
        }
    }
}
