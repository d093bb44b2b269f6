package io.renderfleet.localaws.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadInputTests {
    private static final String VALIDATION = "ValidationException";
    private static final String TOO_DEEP = "Nesting Levels have exceeded supported limits";
    private final Wire wire = new Wire(DynamoDbSettings.defaults());

    @BeforeAll
    void createTable() {
        wire.call("CreateTable", """
                {'TableName':'things','BillingMode':'PAY_PER_REQUEST',
                 'AttributeDefinitions':[{'AttributeName':'id','AttributeType':'S'}],
                 'KeySchema':[{'AttributeName':'id','KeyType':'HASH'}]}""").ok();
        put("'id':{'S':'there'}").ok();
    }

    @AfterAll
    void stop() {
        wire.close();
    }

    @AfterEach
    void stillAnswers() {
        var answer = wire.call("GetItem", "{'TableName':'things','Key':{'id':{'S':'there'}}}");

        assertThat(answer.ok().path("Item").path("id").path("S").asText()).isEqualTo("there");
    }

    @Test
    void namesUnknownTable() {
        wire.call("GetItem", "{'TableName':'others','Key':{'id':{'S':'a'}}}")
                .isRefused("ResourceNotFoundException", "Requested resource not found");
        wire.call("DescribeTable", "{'TableName':'others'}")
                .isRefused("ResourceNotFoundException", "Table: others not found");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{'id':{'N':'1'}}", "{}", "{'other':{'S':'a'}}", "{'id':{'S':'a'},'other':{'S':'a'}}"})
    void refusesKeyThatDoesNotFitTable(String key) {
        wire.call("GetItem", "{'TableName':'things','Key':" + key + "}")
                .isRefused(VALIDATION, "The provided key element does not match the schema");
    }

    @Test
    void refusesItemWithoutItsKeyOrWithKeyOfOtherType() {
        put("'other':{'S':'a'}").isRefused(VALIDATION, "Missing the key id in the item");
        put("'id':{'N':'1'}").isRefused(VALIDATION, "Type mismatch for key id expected: S actual: N");
        put("'id':{'S':''}").isRefused(VALIDATION, "cannot contain an empty string value. Key: id");
        put("'id':{'S':'" + "k".repeat(2049) + "'}")
                .isRefused(VALIDATION, "Size of hashkey has exceeded the maximum size limit of 2048 bytes");
    }

    @ParameterizedTest
    @CsvSource({
        "123456789012345678901234567890123456789, more than 38 significant digits",
        "1E126, Number overflow",
        "1E99999999999, Number overflow",
        "-1E126, Number overflow",
        "1E-131, Number underflow",
        "NaN, cannot be converted to a numeric value: NaN",
        "Infinity, cannot be converted to a numeric value: Infinity",
        "0x10, cannot be converted to a numeric value: 0x10",
        "1e, cannot be converted to a numeric value: 1e",
        "'', cannot be converted to a numeric value"
    })
    void refusesNumber(String number, String message) {
        put("'id':{'S':'a'},'number':{'N':'" + number + "'}").isRefused(VALIDATION, message);
    }

    @Test
    void refusesMoreThan32Levels() {
        put("'id':{'S':'a'},'deep':" + lists(31)).ok();
        put("'id':{'S':'b'},'deep':" + lists(32)).isRefused(VALIDATION, TOO_DEEP);
        put("'id':{'S':'b'},'deep':" + "{'M':{'x':".repeat(32) + "{'S':'x'}" + "}}".repeat(32))
                .isRefused(VALIDATION, TOO_DEEP);
        // One list in the other, the innermost empty.
        put("'id':{'S':'b'},'deep':" + "{'L':[".repeat(33) + "]}".repeat(33)).isRefused(VALIDATION, TOO_DEEP);
    }

    @Test
    void refusesUpdateThatMakesItemTooDeep() {
        String update = """
                {'TableName':'things','Key':{'id':{'S':'a'}},'UpdateExpression':'SET deep[0] = :v',
                 'ExpressionAttributeValues':{':v':%s}}""";
        put("'id':{'S':'a'},'deep':{'L':[]}").ok();

        wire.call("UpdateItem", update.formatted(lists(30))).ok();
        wire.call("UpdateItem", update.formatted(lists(31))).isRefused(VALIDATION, TOO_DEEP);
        wire.call("UpdateItem", update.formatted(lists(32))).isRefused(VALIDATION, TOO_DEEP);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'SS':[]} | An string set  may not be empty",
                "{'NS':[]} | An number set  may not be empty",
                "{'BS':[]} | Binary sets should not be empty",
                "{'SS':['a','a']} | contains duplicates",
                "{'NS':['1','1.0']} | contains duplicates",
                "{} | Supplied AttributeValue is empty",
                "{'X':'a'} | Supplied AttributeValue is empty",
                "{'S':'a','N':'1'} | more than one datatypes",
                "{'NULL':false} | Null attribute value types must have the value of true"
            },
            quoteCharacter = '"')
    void refusesValue(String value, String message) {
        put("'id':{'S':'a'},'value':" + value).isRefused(VALIDATION, message);
    }

    @Test
    void refusesItemOfMoreThan400KB() {
        put("'id':{'S':'a'},'v':{'S':'" + "x".repeat(400 * 1024 - 4) + "'}").ok();
        put("'id':{'S':'a'},'v':{'S':'" + "x".repeat(400 * 1024 - 3) + "'}")
                .isRefused(VALIDATION, "Item size has exceeded the maximum allowed size");
        wire.call("UpdateItem", """
                {'TableName':'things','Key':{'id':{'S':'a'}},'UpdateExpression':'SET w = :w',
                 'ExpressionAttributeValues':{':w':{'S':'xx'}}}""").isRefused(VALIDATION, "Item size to update has exceeded the maximum allowed size");
    }

    @Test
    void refusesMoreThan25WritesInBatch() {
        wire.call("BatchWriteItem", "{'RequestItems':{'things':[" + puts(26) + "]}}")
                .isRefused(VALIDATION, "Member must have length less than or equal to 25");
        wire.call("BatchWriteItem", "{'RequestItems':{'things':[" + puts(13) + "],'others':[" + puts(13) + "]}}")
                .isRefused(VALIDATION, "Too many items requested for the BatchWriteItem call");
        wire.call("BatchWriteItem", "{'RequestItems':{}}").isRefused(VALIDATION, "requestItems");
    }

    @Test
    void refusesPutWithoutItemAndDeleteWithoutKeyInBatch() {
        wire.call("BatchWriteItem", "{'RequestItems':{'things':[{'PutRequest':{}}]}}")
                .isRefused(VALIDATION, "Value null at 'item' failed to satisfy constraint: Member must not be null");
        wire.call("BatchWriteItem", "{'RequestItems':{'things':[{'DeleteRequest':{}}]}}")
                .isRefused(VALIDATION, "Value null at 'key' failed to satisfy constraint: Member must not be null");
    }

    @Test
    void refusesMoreThan100ReadsInBatch() {
        wire.call(
                        "BatchGetItem",
                        "{'RequestItems':{'things':{'Keys':[" + "{'id':{'S':'a'}},".repeat(100)
                                + "{'id':{'S':'a'}}]}}}")
                .isRefused(VALIDATION, "less than or equal to 100");
    }

    @Test
    void refusesOneKeyTwiceInBatch() {
        String put = "{'PutRequest':{'Item':{'id':{'S':'a'}}}}";
        String delete = "{'DeleteRequest':{'Key':{'id':{'S':'a'}}}}";

        wire.call("BatchWriteItem", "{'RequestItems':{'things':[" + put + "," + delete + "]}}")
                .isRefused(VALIDATION, "Provided list of item keys contains duplicates");
        wire.call("BatchGetItem", "{'RequestItems':{'things':{'Keys':[{'id':{'S':'a'}},{'id':{'S':'a'}}]}}}")
                .isRefused(VALIDATION, "Provided list of item keys contains duplicates");
    }

    @Test
    void refusesOneKeyTwiceInTransaction() {
        String put = "{'Put':{'TableName':'things','Item':{'id':{'S':'a'}}}}";
        String get = "{'Get':{'TableName':'things','Key':{'id':{'S':'a'}}}}";

        wire.call("TransactWriteItems", "{'TransactItems':[" + (put + ",").repeat(25) + put + "]}")
                .isRefused(VALIDATION, "Transaction request cannot include multiple operations on one item");
        wire.call("TransactGetItems", "{'TransactItems':[" + get + "," + get + "]}")
                .isRefused(VALIDATION, "Transaction request cannot include multiple operations on one item");
    }

    @Test
    void refusesTransactionOfNoneOrMoreThan100() {
        String put = "{'Put':{'TableName':'things','Item':{'id':{'S':'a'}}}}";

        wire.call("TransactWriteItems", "{'TransactItems':[" + (put + ",").repeat(100) + put + "]}")
                .isRefused(VALIDATION, "less than or equal to 100");
        wire.call("TransactWriteItems", "{'TransactItems':[]}").isRefused(VALIDATION, "greater than or equal to 1");
        wire.call("TransactWriteItems", "{'TransactItems':[{}]}")
                .isRefused(VALIDATION, "can only contain one of Check, Put, Update or Delete");
    }

    private static String lists(int count) {
        return "{'L':[".repeat(count) + "{'S':'x'}" + "]}".repeat(count);
    }

    private static String puts(int count) {
        var puts = new StringBuilder();
        for (int i = 0; i < count; i++) {
            puts.append(i == 0 ? "" : ",").append("{'PutRequest':{'Item':{'id':{'S':'" + i + "'}}}}");
        }
        return puts.toString();
    }

    private Wire.Answer put(String attributes) {
        return wire.call("PutItem", "{'TableName':'things','Item':{" + attributes + "}}");
    }
}
