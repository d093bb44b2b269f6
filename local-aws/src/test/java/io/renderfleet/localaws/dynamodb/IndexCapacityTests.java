package io.renderfleet.localaws.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class IndexCapacityTests {
    private static final String BIG = "'big':{'S':'" + "x".repeat(2500) + "'}";
    private final Calls calls = Calls.open(DynamoDbSettings.defaults());

    @BeforeEach
    void createTable() {
        calls.call("CreateTable", """
                {'TableName':'things','BillingMode':'PAY_PER_REQUEST',
                 'AttributeDefinitions':[{'AttributeName':'id','AttributeType':'S'},
                  {'AttributeName':'a','AttributeType':'S'},{'AttributeName':'k','AttributeType':'S'},
                  {'AttributeName':'i','AttributeType':'S'}],
                 'KeySchema':[{'AttributeName':'id','KeyType':'HASH'}],
                 'GlobalSecondaryIndexes':[
                  {'IndexName':'all','KeySchema':[{'AttributeName':'a','KeyType':'HASH'}],
                   'Projection':{'ProjectionType':'ALL'}},
                  {'IndexName':'keys','KeySchema':[{'AttributeName':'k','KeyType':'HASH'}],
                   'Projection':{'ProjectionType':'KEYS_ONLY'}},
                  {'IndexName':'included','KeySchema':[{'AttributeName':'i','KeyType':'HASH'}],
                   'Projection':{'ProjectionType':'INCLUDE','NonKeyAttributes':['with']}}]}""");
    }

    @AfterEach
    void close() {
        calls.close();
    }

    @Test
    void itemWithoutIndexKeysIsOnlyInTable() {
        assertThat(put(BIG)).isEqualTo(Calls.json("{'table':3.0}"));
    }

    @Test
    void entryCostsByWhatIsProjected() {
        assertThat(put("'a':{'S':'1'},'k':{'S':'1'},'i':{'S':'1'},'with':{'S':'" + "x".repeat(1500) + "'}," + BIG))
                .isEqualTo(Calls.json("{'table':4.0,'all':4.0,'keys':1.0,'included':2.0}"));
    }

    @Test
    void entryWhoseProjectedAttributesStayCostsNothing() {
        put("'a':{'S':'1'},'k':{'S':'1'},'i':{'S':'1'},'with':{'N':'1'}");

        assertThat(update("SET something = :v")).isEqualTo(Calls.json("{'table':1.0,'all':1.0}"));
        assertThat(update("SET #with = :v")).isEqualTo(Calls.json("{'table':1.0,'all':1.0,'included':1.0}"));
        assertThat(update("SET #with = :v")).isEqualTo(Calls.json("{'table':1.0}"));
    }

    @Test
    void entryWhoseKeyChangesIsDeletedAndWritten() {
        put("'a':{'S':'1'},'k':{'S':'1'}," + BIG);

        assertThat(update("SET k = :v")).isEqualTo(Calls.json("{'table':3.0,'all':3.0,'keys':2.0}"));
        assertThat(update("SET a = :v")).isEqualTo(Calls.json("{'table':3.0,'all':6.0}"));
    }

    @Test
    void entryIsAddedAndRemovedForOneWriteEach() {
        put("");

        assertThat(update("SET k = :v")).isEqualTo(Calls.json("{'table':1.0,'keys':1.0}"));
        assertThat(update("REMOVE k")).isEqualTo(Calls.json("{'table':1.0,'keys':1.0}"));
        assertThat(update("REMOVE k")).isEqualTo(Calls.json("{'table':1.0}"));
    }

    @Test
    void deleteCostsForEachEntry() {
        put("'a':{'S':'1'},'k':{'S':'1'}," + BIG);

        assertThat(units(calls.call("DeleteItem", """
                        {'TableName':'things','Key':{'id':{'S':'x'}},'ReturnConsumedCapacity':'INDEXES'}"""))).isEqualTo(Calls.json("{'table':3.0,'all':3.0,'keys':1.0}"));
    }

    @Test
    void transactionCostsTwiceOnIndexesToo() {
        var answer = calls.call("TransactWriteItems", """
                {'ReturnConsumedCapacity':'INDEXES','TransactItems':[
                 {'Put':{'TableName':'things','Item':{'id':{'S':'x'},'a':{'S':'1'},'k':{'S':'1'}}}}]}""");

        assertThat(units(Calls.json(
                        "{'ConsumedCapacity':" + answer.path("ConsumedCapacity").path(0) + "}")))
                .isEqualTo(Calls.json("{'table':2.0,'all':2.0,'keys':2.0}"));
    }

    @Test
    void queryCostsByWhatIsProjected() {
        put("'a':{'S':'1'},'k':{'S':'1'},'big':{'S':'" + "x".repeat(9000) + "'}");

        assertThat(query("all", "a")).isEqualTo(Calls.json("{'table':0.0,'all':1.5}"));
        assertThat(query("keys", "k")).isEqualTo(Calls.json("{'table':0.0,'keys':0.5}"));
    }

    @Test
    void totalIsSumOfTableAndIndexes() {
        var consumed = calls.call("PutItem", """
                        {'TableName':'things','ReturnConsumedCapacity':'TOTAL',
                         'Item':{'id':{'S':'x'},'a':{'S':'1'},'k':{'S':'1'}}}""").path("ConsumedCapacity");

        assertThat(consumed).isEqualTo(Calls.json("{'TableName':'things','CapacityUnits':3.0}"));
    }

    private ObjectNode query(String index, String key) {
        return units(calls.call("Query", """
                {'TableName':'things','IndexName':'%s','KeyConditionExpression':'%s = :v',
                 'ExpressionAttributeValues':{':v':{'S':'1'}},'ReturnConsumedCapacity':'INDEXES'}""".formatted(index, key)));
    }

    private ObjectNode put(String attributes) {
        return units(calls.call("PutItem", """
                {'TableName':'things','ReturnConsumedCapacity':'INDEXES','Item':{'id':{'S':'x'}%s}}""".formatted(attributes.isEmpty() ? "" : "," + attributes)));
    }

    private ObjectNode update(String expression) {
        return units(calls.call("UpdateItem", """
                {'TableName':'things','Key':{'id':{'S':'x'}},'ReturnConsumedCapacity':'INDEXES',
                 'UpdateExpression':'%s'%s%s}""".formatted(
                        expression,
                        expression.contains(":v") ? ",'ExpressionAttributeValues':{':v':{'S':'2'}}" : "",
                        expression.contains("#with") ? ",'ExpressionAttributeNames':{'#with':'with'}" : "")));
    }

    /** The units of the table and of each index that has some; their sum is checked. */
    private static ObjectNode units(ObjectNode answer) {
        var consumed = answer.path("ConsumedCapacity");
        ObjectNode units = Json.object();
        units.set("table", consumed.path("Table").path("CapacityUnits"));
        consumed.path("GlobalSecondaryIndexes")
                .properties()
                .forEach(index -> units.set(index.getKey(), index.getValue().path("CapacityUnits")));
        assertThat(consumed.path("CapacityUnits").asDouble())
                .isEqualTo(
                        units.valueStream().mapToDouble(unit -> unit.asDouble()).sum());
        return units;
    }
}
