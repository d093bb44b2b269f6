package io.renderfleet.localaws.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CapacityTests {
    private static final String KEY = "'TableName':'things','Key':{'id':{'S':'a'}}";
    private final Calls calls = Calls.open(DynamoDbSettings.defaults());

    @BeforeEach
    void createTable() {
        calls.call("CreateTable", Calls.THINGS);
        calls.call("CreateTable", Calls.THINGS.replace("things", "others"));
    }

    @AfterEach
    void close() {
        calls.close();
    }

    @ParameterizedTest
    @CsvSource({"512, 1", "1024, 1", "1025, 2", "1127, 2", "2048, 2", "2049, 3", "409600, 400"})
    void writeCostsUnitForEachStartedKilobyte(int bytes, double units) {
        assertThat(put(bytes)).isEqualTo(units);
    }

    @Test
    void writeCostsByLargerOfOldAndNewItem() {
        put(2500);
        assertThat(put(100)).isEqualTo(3);
        assertThat(put(100)).isEqualTo(1);
        assertThat(put(4000)).isEqualTo(4);
        assertThat(cost("UpdateItem", KEY + ",'UpdateExpression':'REMOVE p'")).isEqualTo(4);
        assertThat(cost("UpdateItem", KEY + ",'UpdateExpression':'REMOVE p'")).isEqualTo(1);
    }

    @Test
    void deleteCostsBySizeOfWhatIsDeleted() {
        put(2500);

        assertThat(cost("DeleteItem", KEY)).isEqualTo(3);
        assertThat(cost("DeleteItem", KEY)).isEqualTo(1);
    }

    @Test
    void updateThatChangesNothingCostsSizeOfItem() {
        put(2500);

        assertThat(cost("UpdateItem", KEY)).isEqualTo(3);
        assertThat(put(2500)).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource({"100, 1", "4096, 1", "4097, 2", "8192, 2", "8193, 3"})
    void readCostsUnitForEachStartedFourKilobytesAndHalfWhenNotConsistent(int bytes, double units) {
        put(bytes);

        assertThat(cost("GetItem", KEY + ",'ConsistentRead':true")).isEqualTo(units);
        assertThat(cost("GetItem", KEY)).isEqualTo(units / 2);
        // What is not returned is read all the same.
        assertThat(cost("GetItem", KEY + ",'ProjectionExpression':'id'")).isEqualTo(units / 2);
    }

    @Test
    void readOfMissingItemCosts() {
        assertThat(cost("GetItem", KEY + ",'ConsistentRead':true")).isEqualTo(1);
        assertThat(cost("GetItem", KEY)).isEqualTo(0.5);
    }

    @Test
    void scanCostsBySumOfSizesAlsoOfWhatIsFilteredOut() {
        String scan = "'TableName':'things'";
        assertThat(cost("Scan", scan)).isEqualTo(0.5);
        for (String id : new String[] {"a", "b", "c"}) {
            calls.call("PutItem", "{'TableName':'things','Item':" + item(id, 3000) + "}");
        }

        assertThat(cost("Scan", scan)).isEqualTo(1.5);
        assertThat(cost("Scan", scan + ",'ConsistentRead':true")).isEqualTo(3);
        assertThat(cost("Scan", scan + ",'Limit':2")).isEqualTo(1);
        assertThat(cost("Scan", scan + ",'Select':'COUNT','FilterExpression':'attribute_exists(x)'"))
                .isEqualTo(1.5);
    }

    @Test
    void transactionCostsTwice() {
        String put = "{'Put':{'TableName':'things','Item':" + item("a", 1025) + "}}";
        String check = "{'ConditionCheck':{'TableName':'others','Key':{'id':{'S':'b'}},"
                + "'ConditionExpression':'attribute_not_exists(id)'}}";
        String write = "'ClientRequestToken':'once','TransactItems':[" + put + "," + check + "]";

        var consumed = consumed("TransactWriteItems", write);
        assertThat(units(consumed.path(0))).isEqualTo(4);
        assertThat(consumed.path(0).path("WriteCapacityUnits").asDouble()).isEqualTo(4);
        assertThat(units(consumed.path(1))).isEqualTo(2);

        // It has happened: only its items are read.
        var again = consumed("TransactWriteItems", write);
        assertThat(units(again.path(0))).isEqualTo(2);
        assertThat(again.path(0).path("ReadCapacityUnits").asDouble()).isEqualTo(2);

        assertThat(units(consumed("TransactGetItems", "'TransactItems':[{'Get':{" + KEY + "}}]")
                        .path(0)))
                .isEqualTo(2);
        put(4097);
        assertThat(units(consumed("TransactGetItems", "'TransactItems':[{'Get':{" + KEY + "}}]")
                        .path(0)))
                .isEqualTo(4);
    }

    @Test
    void batchCostsForEachItemAndTable() {
        var written = consumed("BatchWriteItem", """
                'RequestItems':{'things':[{'PutRequest':{'Item':%s}},{'PutRequest':{'Item':%s}}],
                 'others':[{'DeleteRequest':{'Key':{'id':{'S':'x'}}}}]}""".formatted(item("a", 1025), item("b", 100)));
        assertThat(units(table(written, "things"))).isEqualTo(3);
        assertThat(units(table(written, "others"))).isEqualTo(1);

        var read = consumed("BatchGetItem", """
                'RequestItems':{'things':{'Keys':[{'id':{'S':'a'}},{'id':{'S':'b'}}]},
                 'others':{'ConsistentRead':true,'Keys':[{'id':{'S':'x'}}]}}""");
        assertThat(units(table(read, "things"))).isEqualTo(1);
        assertThat(units(table(read, "others"))).isEqualTo(1);
    }

    @Test
    void saysNothingUnlessAsked() {
        assertThat(calls.call("GetItem", "{" + KEY + "}").has("ConsumedCapacity"))
                .isFalse();
        assertThat(calls.call("GetItem", "{" + KEY + ",'ReturnConsumedCapacity':'NONE'}")
                        .has("ConsumedCapacity"))
                .isFalse();
        assertThat(consumed("GetItem", KEY).has("Table")).isFalse();
    }

    private double put(int bytes) {
        return cost("PutItem", "'TableName':'things','Item':" + item("a", bytes));
    }

    /** An item of this size: two names of three bytes, the id, and the rest. */
    private static String item(String id, int bytes) {
        return "{'id':{'S':'%s'},'p':{'S':'%s'}}".formatted(id, "x".repeat(bytes - 3 - id.length()));
    }

    private double cost(String operation, String parameters) {
        return units(consumed(operation, parameters));
    }

    private JsonNode consumed(String operation, String parameters) {
        return calls.call(operation, "{" + parameters + ",'ReturnConsumedCapacity':'TOTAL'}")
                .path("ConsumedCapacity");
    }

    private static JsonNode table(JsonNode consumed, String name) {
        return consumed.valueStream()
                .filter(entry -> entry.path("TableName").asText().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static double units(JsonNode consumed) {
        return consumed.path("CapacityUnits").asDouble();
    }
}
