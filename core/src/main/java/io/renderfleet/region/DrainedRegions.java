package io.renderfleet.region;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * The regions that an operator has drained. They are stored in one item of the fleet table, which the services read
 * every few seconds.
 *
 * <p>Thread-safe. Errors of DynamoDB are thrown as the SDK's exceptions.
 */
public final class DrainedRegions {
    private static final Map<String, AttributeValue> KEY = Map.of(FleetTable.ID, AttributeValue.fromS("regions"));
    private static final String DRAINED = "drained";

    private final DynamoDbClient client;
    private final String table;

    public DrainedRegions(DynamoDbClient client, String env) {
        this.client = client;
        this.table = FleetTable.name(env);
    }

    /** The drained regions, by an eventually consistent read. */
    public Set<RegionId> get() {
        var response = client.getItem(request -> request.tableName(table).key(KEY));
        AttributeValue drained = response.item().get(DRAINED);
        return drained == null
                ? Set.of()
                : drained.ss().stream().map(RegionId::new).collect(Collectors.toUnmodifiableSet());
    }

    /** Drains a region; no effect when it is drained. */
    public void drain(RegionId region) {
        change("ADD", region);
    }

    /** Ends the drain of a region; no effect when it is not drained. */
    public void undrain(RegionId region) {
        change("DELETE", region);
    }

    private void change(String action, RegionId region) {
        client.updateItem(request -> request.tableName(table)
                .key(KEY)
                .updateExpression(action + " " + DRAINED + " :region")
                .expressionAttributeValues(Map.of(":region", AttributeValue.fromSs(List.of(region.value())))));
    }
}
