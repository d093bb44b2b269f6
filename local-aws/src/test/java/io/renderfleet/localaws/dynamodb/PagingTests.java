package io.renderfleet.localaws.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

class PagingTests {
    private static final int ITEMS = 60;
    private static final Calls CALLS = Calls.open(DynamoDbSettings.defaults());

    @BeforeContainer
    static void createItems() {
        CALLS.call("CreateTable", """
                {'TableName':'things','BillingMode':'PAY_PER_REQUEST',
                 'AttributeDefinitions':[{'AttributeName':'id','AttributeType':'S'},
                  {'AttributeName':'sort','AttributeType':'N'},{'AttributeName':'colour','AttributeType':'S'},
                  {'AttributeName':'weight','AttributeType':'N'}],
                 'KeySchema':[{'AttributeName':'id','KeyType':'HASH'},{'AttributeName':'sort','KeyType':'RANGE'}],
                 'GlobalSecondaryIndexes':[{'IndexName':'byColour',
                  'KeySchema':[{'AttributeName':'colour','KeyType':'HASH'},{'AttributeName':'weight','KeyType':'RANGE'}],
                  'Projection':{'ProjectionType':'KEYS_ONLY'}}]}""");
        for (int i = 0; i < ITEMS; i++) {
            // Weights repeat, so that pages of the index end between items with one index key.
            CALLS.call("PutItem", """
                    {'TableName':'things','Item':{'id':{'S':'%d'},'sort':{'N':'%d'},'colour':{'S':'%s'},
                     'weight':{'N':'%d'}}}""".formatted(i % 4, i - 30, i % 3 == 0 ? "red" : "blue", i % 5));
        }
    }

    @AfterContainer
    static void close() {
        CALLS.close();
    }

    @Property(tries = 40)
    void queryInPagesReturnsWhatQueryInOneDoes(
            @ForAll @IntRange(min = 1, max = 20) int limit, @ForAll boolean forward) {
        var request = Calls.json("""
                {'TableName':'things','KeyConditionExpression':'id = :id AND sort > :from',
                 'ExpressionAttributeValues':{':id':{'S':'1'},':from':{'N':'-20'}}}""");
        request.put("ScanIndexForward", forward);

        assertThat(pages("Query", request, limit))
                .isEqualTo(whole("Query", request))
                .hasSizeGreaterThan(10);
    }

    @Property(tries = 40)
    void queryOfIndexInPagesReturnsWhatQueryInOneDoes(
            @ForAll @IntRange(min = 1, max = 20) int limit, @ForAll boolean forward) {
        var request = Calls.json("""
                {'TableName':'things','IndexName':'byColour','KeyConditionExpression':'colour = :c',
                 'ExpressionAttributeValues':{':c':{'S':'blue'}}}""");
        request.put("ScanIndexForward", forward);

        assertThat(pages("Query", request, limit))
                .isEqualTo(whole("Query", request))
                .hasSize(40);
    }

    @Property(tries = 40)
    void filteredPagesReturnWhatScanInOneDoes(@ForAll @IntRange(min = 1, max = 20) int limit) {
        var request = Calls.json("""
                {'TableName':'things','FilterExpression':'weight = :w','ExpressionAttributeValues':{':w':{'N':'2'}}}""");

        assertThat(pages("Scan", request, limit))
                .isEqualTo(whole("Scan", request))
                .hasSize(12);
    }

    @Property(tries = 40)
    void segmentsInPagesReturnEachItemOnce(
            @ForAll @IntRange(min = 1, max = 20) int limit, @ForAll @IntRange(min = 1, max = 9) int segments) {
        var all = new ArrayList<JsonNode>();
        for (int segment = 0; segment < segments; segment++) {
            var request =
                    Calls.json("{'TableName':'things'}").put("Segment", segment).put("TotalSegments", segments);
            all.addAll(pages("Scan", request, limit));
        }

        // The segments are parts of one order.
        assertThat(all)
                .isEqualTo(whole("Scan", Calls.json("{'TableName':'things'}")))
                .hasSize(ITEMS);
    }

    private static List<JsonNode> whole(String operation, ObjectNode request) {
        ObjectNode page = CALLS.db().call(operation, request);
        assertThat(page.has("LastEvaluatedKey")).isFalse();
        return items(page);
    }

    private static List<JsonNode> pages(String operation, ObjectNode request, int limit) {
        var all = new ArrayList<JsonNode>();
        ObjectNode next = request.deepCopy().put("Limit", limit);
        ObjectNode page;
        do {
            page = CALLS.db().call(operation, next);
            assertThat(page.path("ScannedCount").asInt()).isLessThanOrEqualTo(limit);
            all.addAll(items(page));
            next.set("ExclusiveStartKey", page.get("LastEvaluatedKey"));
        } while (page.has("LastEvaluatedKey"));
        return all;
    }

    private static List<JsonNode> items(ObjectNode page) {
        return page.path("Items").valueStream().toList();
    }
}
