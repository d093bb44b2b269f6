package io.renderfleet.localaws.dynamodb;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Calls of a DynamoDB within the process, with parameters in which single quotes stand for double ones. */
record Calls(DynamoDb db) implements AutoCloseable {
    /** A table {@code things} with the partition key {@code id}, a string. */
    static final String THINGS = """
            {'TableName':'things','BillingMode':'PAY_PER_REQUEST',
             'AttributeDefinitions':[{'AttributeName':'id','AttributeType':'S'}],
             'KeySchema':[{'AttributeName':'id','KeyType':'HASH'}]}""";

    static Calls open(DynamoDbSettings settings) {
        return open(settings, DynamoDb.Hooks.none());
    }

    static Calls open(DynamoDbSettings settings, DynamoDb.Hooks hooks) {
        try {
            return new Calls(DynamoDb.open(settings, hooks));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static ObjectNode json(String parameters) {
        return Json.parse(parameters.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    ObjectNode call(String operation, String parameters) {
        return db.call(operation, json(parameters));
    }

    ServiceException refused(String operation, String parameters) {
        return Objects.requireNonNull(
                catchThrowableOfType(ServiceException.class, () -> call(operation, parameters)),
                operation + " was not refused");
    }

    /** Puts an item with this id and other attributes, as {@code 'n':{'N':'1'}}, into {@code things}. */
    void put(String id, String attributes) {
        call("PutItem", "{'TableName':'things','Item':{'id':{'S':'%s'}%s}}".formatted(id, more(attributes)));
    }

    /** The item of {@code things} with this id; a missing node when there is none. */
    JsonNode get(String id) {
        return call("GetItem", "{'TableName':'things','Key':{'id':{'S':'%s'}},'ConsistentRead':true}".formatted(id))
                .path("Item");
    }

    /** The ids of all items in {@code things}. */
    List<String> ids() {
        var ids = new ArrayList<String>();
        ObjectNode request = json("{'TableName':'things'}");
        ObjectNode page;
        do {
            page = db.call("Scan", request);
            page.path("Items").forEach(item -> ids.add(item.path("id").path("S").asText()));
            request.set("ExclusiveStartKey", page.get("LastEvaluatedKey"));
        } while (page.has("LastEvaluatedKey"));
        return ids;
    }

    @Override
    public void close() {
        db.close();
    }

    private static String more(String attributes) {
        return attributes.isEmpty() ? "" : "," + attributes;
    }
}
