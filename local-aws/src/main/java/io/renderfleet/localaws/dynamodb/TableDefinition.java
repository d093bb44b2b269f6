package io.renderfleet.localaws.dynamodb;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * The definition of a table: its keys and indexes, which never change, and its settings, which {@code UpdateTable}
 * replaces.
 *
 * @param settings the parameters of {@code CreateTable}, as the client gave them and as they were updated; not changed
 *     in place
 * @param timeToLive the attribute with the time to live; empty when it is off
 */
record TableDefinition(
        String name,
        String id,
        Instant created,
        KeySchema key,
        List<IndexSchema> indexes,
        ObjectNode settings,
        String timeToLive) {
    private static final String ON_DEMAND = "PAY_PER_REQUEST";
    private static final double MILLIS = 1000.0;

    static TableDefinition create(ObjectNode parameters, Instant now) {
        return parsed(parameters, UUID.randomUUID().toString(), now, "");
    }

    /** Reads what {@link #toJson} wrote. */
    static TableDefinition ofJson(ObjectNode json) {
        return parsed(
                Json.parse(json.get("settings").asText().getBytes(StandardCharsets.UTF_8)),
                json.get("id").asText(),
                Instant.ofEpochMilli(json.get("created").asLong()),
                json.get("timeToLive").asText());
    }

    private static TableDefinition parsed(ObjectNode settings, String id, Instant created, String timeToLive) {
        var schemas = TableSchemas.of(settings);
        return new TableDefinition(
                settings.get("TableName").asText(),
                id,
                created,
                schemas.key(),
                schemas.indexes(),
                settings,
                timeToLive);
    }

    ObjectNode toJson() {
        // The settings are text, so that they are not nested deeper than in the request that they come from.
        return Json.object()
                .put("id", id)
                .put("created", created.toEpochMilli())
                .put("timeToLive", timeToLive)
                .put("settings", settings.toString());
    }

    TableDefinition withSettings(ObjectNode value) {
        return new TableDefinition(name, id, created, key, indexes, value, timeToLive);
    }

    TableDefinition withTimeToLive(String attribute) {
        return new TableDefinition(name, id, created, key, indexes, settings, attribute);
    }

    boolean onDemand() {
        return ON_DEMAND.equals(settings.path("BillingMode").asText());
    }

    boolean deletionProtected() {
        return settings.path("DeletionProtectionEnabled").asBoolean();
    }

    String arn() {
        return "arn:aws:dynamodb:local:000000000000:table/" + name;
    }

    /** The {@code TableDescription} of the service. */
    ObjectNode describe(String status, long items, long bytes) {
        ObjectNode table = Json.object();
        table.set("AttributeDefinitions", settings.get("AttributeDefinitions"));
        table.put("TableName", name);
        table.set("KeySchema", settings.get("KeySchema"));
        table.put("TableStatus", status);
        table.put("CreationDateTime", created.toEpochMilli() / MILLIS);
        table.set("ProvisionedThroughput", throughput(settings));
        table.put("TableSizeBytes", bytes).put("ItemCount", items);
        table.put("TableArn", arn()).put("TableId", id);
        table.put("DeletionProtectionEnabled", deletionProtected());
        if (onDemand()) {
            table.putObject("BillingModeSummary")
                    .put("BillingMode", ON_DEMAND)
                    .put("LastUpdateToPayPerRequestDateTime", created.toEpochMilli() / MILLIS);
        }
        if (settings.hasNonNull("TableClass")) {
            table.putObject("TableClassSummary").set("TableClass", settings.get("TableClass"));
        }
        describeIndexes(table, "GlobalSecondaryIndexes", status);
        describeIndexes(table, "LocalSecondaryIndexes", status);
        return table;
    }

    private void describeIndexes(ObjectNode table, String list, String status) {
        if (!settings.hasNonNull(list)) {
            return;
        }
        ArrayNode indexes = table.putArray(list);
        for (JsonNode setting : settings.get(list)) {
            ObjectNode index = indexes.addObject();
            String indexName = setting.get("IndexName").asText();
            index.put("IndexName", indexName);
            index.set("KeySchema", setting.get("KeySchema"));
            index.set("Projection", setting.get("Projection"));
            index.put("IndexSizeBytes", 0).put("ItemCount", 0).put("IndexArn", arn() + "/index/" + indexName);
            if (list.startsWith("Global")) {
                index.put("IndexStatus", status);
                index.set("ProvisionedThroughput", throughput(setting));
            }
        }
    }

    private static ObjectNode throughput(JsonNode of) {
        JsonNode given = of.path("ProvisionedThroughput");
        return Json.object()
                .put("NumberOfDecreasesToday", 0)
                .put("ReadCapacityUnits", given.path("ReadCapacityUnits").asLong())
                .put("WriteCapacityUnits", given.path("WriteCapacityUnits").asLong());
    }
}
