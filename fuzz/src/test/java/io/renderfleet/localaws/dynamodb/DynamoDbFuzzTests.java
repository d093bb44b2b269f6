package io.renderfleet.localaws.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.renderfleet.fuzz.TimeLimit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Every call of local AWS's DynamoDB ends with an answer or with an error of the client, as those of the service. */
class DynamoDbFuzzTests {
    /** So that the items of earlier inputs do not fill the memory. */
    private static final int INPUTS_PER_DATABASE = 500;

    private static final String TABLE = """
            {"TableName": "ttt", "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": "p", "AttributeType": "S"},
            {"AttributeName": "s", "AttributeType": "N"}],
            "KeySchema": [{"AttributeName": "p", "KeyType": "HASH"}, {"AttributeName": "s", "KeyType": "RANGE"}]}""";

    private static final String ITEM = """
            {"TableName": "ttt", "Item": {"p": {"S": "a"}, "s": {"N": "1"}, "l": {"L": [{"N": "2"}]},
            "m": {"M": {"x": {"SS": ["y"]}}}}}""";

    @SuppressWarnings("NullAway.Init") // Set before the first use.
    private static DynamoDb database;

    private static int inputs;

    /** The name of an operation, a line break, and its parameters as JSON. */
    @FuzzTest
    void call(byte[] input) throws IOException {
        TimeLimit.check(() -> readCall(input));
    }

    private static void readCall(byte[] input) throws IOException {
        String text = new String(input, StandardCharsets.UTF_8);
        int end = text.indexOf('\n');
        if (end < 0) {
            return;
        }
        renewDatabase();
        try {
            database.call(text.substring(0, end), object(text.substring(end + 1)));
        } catch (ServiceException e) {
            assertThat(e.status()).isEqualTo(400);
        }
    }

    private static void renewDatabase() throws IOException {
        if (inputs++ % INPUTS_PER_DATABASE == 0) {
            if (database != null) {
                database.close();
            }
            database = DynamoDb.open(DynamoDbSettings.defaults(), DynamoDb.Hooks.none());
            database.call("CreateTable", object(TABLE));
            database.call("PutItem", object(ITEM));
        }
    }

    private static ObjectNode object(String json) {
        return Json.parse(json.getBytes(StandardCharsets.UTF_8));
    }
}
