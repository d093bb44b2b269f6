package io.renderfleet.localaws.dynamodb;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.util.List;
import java.util.Locale;

/** The operations that create, describe, list, update and delete tables. Each takes effect at once. */
final class TableOperations {
    private static final int MAX_LISTED = 100;
    private static final int MAX_TTL_NAME = 255;
    private static final List<String> THROUGHPUT = List.of("ReadCapacityUnits", "WriteCapacityUnits");

    private final Tables tables;
    private final Clock clock;

    TableOperations(Tables tables, Clock clock) {
        this.tables = tables;
        this.clock = clock;
    }

    ObjectNode createTable(Request request) {
        var definition = TableDefinition.create(request.json(), clock.instant());
        request.refuse(
                "SSESpecification",
                "Tags",
                "ResourcePolicy",
                "OnDemandThroughput",
                "WarmThroughput",
                "GlobalTableSettingsReplicationMode");
        refuseStream(request);
        Table table = tables.create(definition);
        return described("TableDescription", table, "ACTIVE");
    }

    ObjectNode describeTable(Request request) {
        return described("Table", named(request.tableName()), "ACTIVE");
    }

    ObjectNode deleteTable(Request request) {
        String name = request.tableName();
        named(name);
        return described("TableDescription", tables.delete(name), "DELETING");
    }

    ObjectNode listTables(Request request) {
        request.atLeast("Limit", 1).atMost("Limit", MAX_LISTED).check();
        Integer limit = request.integer("Limit");
        int most = limit == null ? MAX_LISTED : limit;
        ObjectNode answer = Json.object();
        ArrayNode names = answer.putArray("TableNames");
        String last = null;
        for (String name :
                tables.after(request.text("ExclusiveStartTableName", "")).keySet()) {
            if (names.size() == most) {
                answer.put("LastEvaluatedTableName", last);
                break;
            }
            names.add(name);
            last = name;
        }
        return answer;
    }

    ObjectNode updateTable(Request request) {
        String name = request.tableName();
        request.oneOf("BillingMode", "PROVISIONED", "PAY_PER_REQUEST")
                .oneOf("TableClass", "STANDARD", "STANDARD_INFREQUENT_ACCESS");
        Request throughput = request.structure("ProvisionedThroughput");
        if (throughput != null) {
            for (String units : THROUGHPUT) {
                Integer value = throughput.integer(units);
                if (value == null || value < 1) {
                    request.addError("Value '" + value + "' at 'provisionedThroughput."
                            + units.substring(0, 1).toLowerCase(Locale.ROOT) + units.substring(1)
                            + "' failed to satisfy constraint: Member must have value greater than or equal to 1");
                }
            }
        }
        request.check();
        request.refuse(
                "GlobalSecondaryIndexUpdates",
                "SSESpecification",
                "ReplicaUpdates",
                "OnDemandThroughput",
                "WarmThroughput",
                "AttributeDefinitions",
                "MultiRegionConsistency");
        refuseStream(request);
        boolean anything =
                List.of("BillingMode", "ProvisionedThroughput", "TableClass", "DeletionProtectionEnabled").stream()
                        .anyMatch(request::has);
        if (!anything) {
            throw ServiceException.validation(
                    "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, "
                            + "GlobalSecondaryIndexUpdates or SSESpecification or ReplicaUpdates is required");
        }
        named(name);
        var changed = tables.change(name, definition -> definition.withSettings(changed(definition, request)));
        Table table = tables.get(name);
        ObjectNode answer = Json.object();
        answer.set("TableDescription", changed.describe("ACTIVE", table.items(), table.bytes()));
        return answer;
    }

    ObjectNode updateTimeToLive(Request request) {
        String name = request.tableName();
        Request specification = request.notNull("TimeToLiveSpecification").structure("TimeToLiveSpecification");
        request.check();
        String attribute = specification == null ? "" : specification.text("AttributeName", "");
        if (attribute.isEmpty() || attribute.length() > MAX_TTL_NAME) {
            throw Request.constraints("Value '" + attribute
                    + "' at 'timeToLiveSpecification.attributeName' failed to satisfy constraint: "
                    + (attribute.isEmpty()
                            ? "Member must have length greater than or equal to 1"
                            : "Member must have length less than or equal to " + MAX_TTL_NAME));
        }
        boolean enabled = specification != null && specification.bool("Enabled", false);
        named(name);
        tables.change(name, definition -> {
            String current = definition.timeToLive();
            if (enabled && !current.isEmpty()) {
                throw ServiceException.validation(
                        current.equals(attribute)
                                ? "TimeToLive is already enabled"
                                : "TimeToLive is active on a different AttributeName: current AttributeName is "
                                        + current);
            }
            if (!enabled && current.isEmpty()) {
                throw ServiceException.validation("TimeToLive is already disabled");
            }
            if (!enabled && !current.equals(attribute)) {
                throw ServiceException.validation(
                        "TimeToLive is active on a different AttributeName: current AttributeName is " + current);
            }
            return definition.withTimeToLive(enabled ? attribute : "");
        });
        ObjectNode answer = Json.object();
        answer.putObject("TimeToLiveSpecification").put("Enabled", enabled).put("AttributeName", attribute);
        return answer;
    }

    ObjectNode describeTimeToLive(Request request) {
        String attribute = named(request.tableName()).definition().timeToLive();
        ObjectNode answer = Json.object();
        ObjectNode description = answer.putObject("TimeToLiveDescription");
        description.put("TimeToLiveStatus", attribute.isEmpty() ? "DISABLED" : "ENABLED");
        if (!attribute.isEmpty()) {
            description.put("AttributeName", attribute);
        }
        return answer;
    }

    /** Unlike operations on items, operations on tables name the missing table in the error. */
    private Table named(String name) {
        try {
            return tables.get(name);
        } catch (ServiceException e) {
            throw ServiceException.of(
                    "ResourceNotFoundException", "Requested resource not found: Table: " + name + " not found");
        }
    }

    private static ObjectNode changed(TableDefinition definition, Request request) {
        ObjectNode settings = definition.settings().deepCopy();
        for (String name : List.of("TableClass", "DeletionProtectionEnabled")) {
            if (request.has(name)) {
                settings.set(name, request.json().get(name));
            }
        }
        boolean wasOnDemand = definition.onDemand();
        boolean onDemand =
                request.has("BillingMode") ? request.text("BillingMode", "").equals("PAY_PER_REQUEST") : wasOnDemand;
        Request throughput = request.structure("ProvisionedThroughput");
        if (onDemand) {
            if (throughput != null) {
                throw ServiceException.invalidParameter(
                        "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified "
                                + "when BillingMode is PAY_PER_REQUEST");
            }
            settings.put("BillingMode", "PAY_PER_REQUEST").remove("ProvisionedThroughput");
            settings.path("GlobalSecondaryIndexes")
                    .forEach(index -> ((ObjectNode) index).remove("ProvisionedThroughput"));
            return settings;
        }
        settings.put("BillingMode", "PROVISIONED");
        if (throughput == null) {
            if (wasOnDemand) {
                throw ServiceException.invalidParameter(
                        "ReadCapacityUnits and WriteCapacityUnits must both be specified "
                                + "when BillingMode is PROVISIONED");
            }
            return settings;
        }
        ObjectNode given = throughput.json();
        if (!wasOnDemand && THROUGHPUT.stream().allMatch(units -> same(settings, given, units))) {
            throw ServiceException.validation("The provisioned throughput for the table will not change. The requested "
                    + "value equals the current value. Current ReadCapacityUnits provisioned for the table: "
                    + given.path("ReadCapacityUnits").asLong() + ". Requested ReadCapacityUnits: "
                    + given.path("ReadCapacityUnits").asLong()
                    + ". Current WriteCapacityUnits provisioned for the table: "
                    + given.path("WriteCapacityUnits").asLong() + ". Requested WriteCapacityUnits: "
                    + given.path("WriteCapacityUnits").asLong()
                    + ". Refer to the Amazon DynamoDB Developer Guide for current limits and how to request"
                    + " higher limits.");
        }
        settings.set("ProvisionedThroughput", given);
        return settings;
    }

    private static boolean same(ObjectNode settings, ObjectNode given, String units) {
        return settings.path("ProvisionedThroughput").path(units).asLong()
                == given.path(units).asLong();
    }

    private static void refuseStream(Request request) {
        Request stream = request.structure("StreamSpecification");
        if (stream != null && stream.bool("StreamEnabled", false)) {
            request.refuse("StreamSpecification");
        }
    }

    private static ObjectNode described(String member, Table table, String status) {
        ObjectNode answer = Json.object();
        answer.set(member, table.definition().describe(status, table.items(), table.bytes()));
        return answer;
    }
}
