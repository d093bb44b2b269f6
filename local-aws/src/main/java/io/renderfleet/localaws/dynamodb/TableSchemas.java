package io.renderfleet.localaws.dynamodb;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.renderfleet.localaws.dynamodb.KeySchema.Attribute;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The keys of a table and of its indexes, read from the parameters of {@code CreateTable} and checked. */
record TableSchemas(KeySchema key, List<IndexSchema> indexes) {
    private static final int MAX_KEY_ELEMENTS = 2;
    private static final int MAX_LOCAL = 5;
    private static final int MAX_GLOBAL = 20;
    private static final int SHORTEST_NAME = 3;
    private static final long MAX_THROUGHPUT = 1_000_000_000_000L;

    /** The service's errors, in the order in which it finds them. */
    static TableSchemas of(ObjectNode parameters) {
        var request = new Request(parameters);
        String name = request.text("TableName");
        if (name == null) {
            throw ServiceException.validation(
                    "The parameter 'TableName' is required but was not present in the request");
        }
        Request.checkTableName(name, SHORTEST_NAME);
        checkShape(request);
        checkThroughput(request);
        return new Reader(request).schemas();
    }

    private static void checkShape(Request request) {
        request.notNull("AttributeDefinitions");
        int place = 0;
        for (Request definition : request.structures("AttributeDefinitions")) {
            checkMember(
                    request,
                    definition,
                    "AttributeType",
                    "attributeDefinitions." + ++place + ".member.attributeType",
                    List.of("B", "N", "S"));
        }
        request.oneOf("BillingMode", "PROVISIONED", "PAY_PER_REQUEST");
        request.oneOf("TableClass", "STANDARD", "STANDARD_INFREQUENT_ACCESS");
        request.bool("DeletionProtectionEnabled", false);
        request.notNull("KeySchema");
        checkKeySchema(request, request.structures("KeySchema"), "keySchema");
        for (String list : List.of("LocalSecondaryIndexes", "GlobalSecondaryIndexes")) {
            int index = 0;
            String at = Character.toLowerCase(list.charAt(0)) + list.substring(1) + ".";
            for (Request definition : request.structures(list)) {
                String member = at + ++index + ".member.";
                checkKeySchema(request, definition.structures("KeySchema"), member + "keySchema");
                Request projection = definition.structure("Projection");
                if (projection != null) {
                    checkMember(
                            request,
                            projection,
                            "ProjectionType",
                            member + "projection.projectionType",
                            List.of("ALL", "INCLUDE", "KEYS_ONLY"));
                }
            }
        }
        Request throughput = request.structure("ProvisionedThroughput");
        if (throughput != null) {
            for (String units : List.of("ReadCapacityUnits", "WriteCapacityUnits")) {
                Integer value = throughput.integer(units);
                if (value != null && value < 1) {
                    request.addError("Value '" + value + "' at 'provisionedThroughput."
                            + Character.toLowerCase(units.charAt(0)) + units.substring(1)
                            + "' failed to satisfy constraint: Member must have value greater than or equal to 1");
                }
            }
        }
        request.check();
    }

    private static void checkKeySchema(Request request, List<Request> elements, String at) {
        if (elements.isEmpty()) {
            request.addError("Value '[]' at '" + at
                    + "' failed to satisfy constraint: Member must have length greater than or equal to 1");
        }
        if (elements.size() > MAX_KEY_ELEMENTS) {
            var shown = elements.stream()
                    .map(element -> "KeySchemaElement(attributeName=" + element.text("AttributeName") + ", keyType="
                            + element.text("KeyType") + ")")
                    .toList();
            request.addError("Value '" + shown + "' at '" + at
                    + "' failed to satisfy constraint: Member must have length less than or equal to 2");
        }
        int place = 0;
        for (Request element : elements) {
            checkMember(request, element, "KeyType", at + "." + ++place + ".member.keyType", List.of("HASH", "RANGE"));
        }
    }

    private static void checkMember(Request request, Request of, String name, String at, List<String> allowed) {
        String value = of.text(name);
        if (value == null) {
            request.addError("Value null at '" + at + "' failed to satisfy constraint: Member must not be null");
        } else if (!allowed.contains(value)) {
            request.addError("Value '" + value + "' at '" + at
                    + "' failed to satisfy constraint: Member must satisfy enum value set: " + allowed);
        }
    }

    private static void checkThroughput(Request request) {
        Request throughput = request.structure("ProvisionedThroughput");
        if (request.text("BillingMode", "PROVISIONED").equals("PAY_PER_REQUEST")) {
            if (throughput != null) {
                throw ServiceException.invalidParameter("Neither ReadCapacityUnits nor WriteCapacityUnits can be "
                        + "specified when BillingMode is PAY_PER_REQUEST");
            }
            return;
        }
        if (throughput == null || !throughput.has("ReadCapacityUnits") || !throughput.has("WriteCapacityUnits")) {
            throw ServiceException.invalidParameter(
                    "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED");
        }
        for (String units : List.of("ReadCapacityUnits", "WriteCapacityUnits")) {
            long value = throughput.json().get(units).asLong();
            if (value > MAX_THROUGHPUT) {
                throw ServiceException.validation("Given value " + value + " for " + units + " is out of bounds");
            }
        }
    }

    /** Reads keys by the attribute definitions, and notes which of those are used. */
    private static final class Reader {
        private final Request request;
        private final Map<String, String> types = new LinkedHashMap<>();
        private final Set<String> used = new LinkedHashSet<>();
        private final Set<String> indexNames = new HashSet<>();

        Reader(Request request) {
            this.request = request;
            for (Request definition : request.structures("AttributeDefinitions")) {
                types.put(definition.text("AttributeName", ""), definition.text("AttributeType", ""));
            }
        }

        TableSchemas schemas() {
            KeySchema key = key(request.structures("KeySchema"));
            boolean indexed = request.has("LocalSecondaryIndexes") || request.has("GlobalSecondaryIndexes");
            if (!indexed && types.size() != key.attributes().size()) {
                throw ServiceException.invalidParameter(
                        "Number of attributes in KeySchema does not exactly match number "
                                + "of attributes defined in AttributeDefinitions");
            }
            var indexes = new ArrayList<>(indexes("LocalSecondaryIndexes", MAX_LOCAL, key));
            indexes.addAll(indexes("GlobalSecondaryIndexes", MAX_GLOBAL, null));
            if (!used.containsAll(types.keySet())) {
                throw ServiceException.invalidParameter("Some AttributeDefinitions are not used. AttributeDefinitions: "
                        + types.keySet() + ", keys used: " + used);
            }
            return new TableSchemas(key, List.copyOf(indexes));
        }

        private KeySchema key(List<Request> elements) {
            var names = elements.stream()
                    .map(element -> element.text("AttributeName", ""))
                    .toList();
            if (names.size() > types.size()) {
                throw ServiceException.validation("Invalid KeySchema: Some index key attribute have no definition");
            }
            if (!types.keySet().containsAll(names)) {
                throw ServiceException.invalidParameter("Some index key attributes are not defined in "
                        + "AttributeDefinitions. Keys: " + names + ", AttributeDefinitions: " + types.keySet());
            }
            if (names.size() > 1 && names.getFirst().equals(names.getLast())) {
                throw ServiceException.validation(
                        "Both the Hash Key and the Range Key element in the KeySchema have the same name");
            }
            if (!elements.getFirst().text("KeyType", "").equals("HASH")) {
                throw ServiceException.validation(
                        "Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
            }
            if (elements.size() > 1 && !elements.getLast().text("KeyType", "").equals("RANGE")) {
                throw ServiceException.validation(
                        "Invalid KeySchema: The second KeySchemaElement is not a RANGE key type");
            }
            used.addAll(names);
            return new KeySchema(
                    attribute(names.getFirst()),
                    names.size() > 1 ? Optional.of(attribute(names.getLast())) : Optional.empty());
        }

        private Attribute attribute(String name) {
            return new Attribute(name, types.getOrDefault(name, ""));
        }

        private void checkIndexThroughput(Request definition, String name) {
            Request throughput = definition.structure("ProvisionedThroughput");
            if (request.text("BillingMode", "PROVISIONED").equals("PAY_PER_REQUEST")) {
                return;
            }
            Integer reads = throughput == null ? null : throughput.integer("ReadCapacityUnits");
            Integer writes = throughput == null ? null : throughput.integer("WriteCapacityUnits");
            if (reads == null || writes == null || reads < 1 || writes < 1) {
                throw ServiceException.invalidParameter(
                        "Both ReadCapacityUnits and WriteCapacityUnits must be specified for index: " + name);
            }
        }

        /** @param local the table's key when the indexes are local ones */
        private List<IndexSchema> indexes(String list, int most, @Nullable KeySchema local) {
            if (!request.has(list)) {
                return List.of();
            }
            List<Request> definitions = request.structures(list);
            if (definitions.isEmpty()) {
                throw ServiceException.invalidParameter("List of " + list + " is empty");
            }
            if (local != null && local.range().isEmpty()) {
                throw ServiceException.invalidParameter("Table KeySchema does not have a range key, which is required "
                        + "when specifying a LocalSecondaryIndex");
            }
            var indexes = new ArrayList<IndexSchema>();
            for (Request definition : definitions) {
                indexes.add(index(definition, local));
            }
            if (indexes.size() > most) {
                throw ServiceException.invalidParameter(
                        local == null
                                ? "GlobalSecondaryIndex count exceeds the per-table limit of 20"
                                : "Number of LocalSecondaryIndexes exceeds per-table limit of 5");
            }
            return indexes;
        }

        private IndexSchema index(Request definition, @Nullable KeySchema local) {
            String name = definition.text("IndexName", "");
            Request.checkTableName(name, SHORTEST_NAME);
            KeySchema key = key(definition.structures("KeySchema"));
            if (local != null && key.range().isEmpty()) {
                throw ServiceException.invalidParameter("Index KeySchema does not have a range key for index: " + name);
            }
            if (local != null && !key.hash().equals(local.hash())) {
                throw ServiceException.invalidParameter(
                        "Index KeySchema does not have the same leading hash key as table "
                                + "KeySchema for index: " + name + ". index hash key: "
                                + key.hash().name()
                                + ", table hash key: " + local.hash().name());
            }
            Request projection = definition.structure("Projection");
            String type = projection == null ? null : projection.text("ProjectionType");
            if (projection == null || type == null) {
                throw ServiceException.invalidParameter("Unknown ProjectionType: null");
            }
            List<String> included = projection.texts("NonKeyAttributes");
            if (projection.has("NonKeyAttributes") && !type.equals("INCLUDE")) {
                throw ServiceException.invalidParameter(
                        "ProjectionType is " + type + ", but NonKeyAttributes is specified");
            }
            if (type.equals("INCLUDE") && included.isEmpty()) {
                throw ServiceException.invalidParameter(
                        "ProjectionType is INCLUDE, but NonKeyAttributes is not specified");
            }
            if (definition.has("ProvisionedThroughput")
                    && request.text("BillingMode", "").equals("PAY_PER_REQUEST")) {
                throw ServiceException.invalidParameter("ProvisionedThroughput should not be specified for index: "
                        + name + " when BillingMode is PAY_PER_REQUEST");
            }
            definition.refuse("OnDemandThroughput", "WarmThroughput");
            if (local == null) {
                checkIndexThroughput(definition, name);
            }
            if (!indexNames.add(name)) {
                throw ServiceException.invalidParameter("Duplicate index name: " + name);
            }
            return new IndexSchema(name, key, local != null, type, included);
        }
    }
}
