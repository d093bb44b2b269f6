package io.renderfleet.localaws.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadExpressionTests {
    private static final String VALIDATION = "ValidationException";
    private final Wire wire = new Wire(DynamoDbSettings.defaults());

    @BeforeAll
    void createTable() {
        wire.call("CreateTable", """
                {'TableName':'things','BillingMode':'PAY_PER_REQUEST',
                 'AttributeDefinitions':[{'AttributeName':'id','AttributeType':'S'}],
                 'KeySchema':[{'AttributeName':'id','KeyType':'HASH'}]}""").ok();
        wire.call("PutItem", "{'TableName':'things','Item':{'id':{'S':'a'},'numbers':{'L':[{'N':'1'}]}}}")
                .ok();
    }

    @AfterAll
    void stop() {
        wire.close();
    }

    @AfterEach
    void stillAnswers() {
        assertThat(condition("attribute_exists(id)").ok().isEmpty()).isTrue();
    }

    @Test
    void refusesExpressionOfMoreThan4096Bytes() {
        String exists = "attribute_exists(" + "a".repeat(4096 - 18) + ")";

        condition(exists).isRefused("ConditionalCheckFailedException", "The conditional request failed");
        condition(exists + " ").isRefused(VALIDATION, "Expression size has exceeded the maximum allowed size");
        update("SET a = :v" + " ".repeat(5000), "':v':{'S':'x'}")
                .isRefused(VALIDATION, "Expression size has exceeded the maximum allowed size; expression size: 5010");
    }

    @Test
    void refusesMoreThan300Operators() {
        condition("NOT ".repeat(1000) + "attribute_exists(a)")
                .isRefused(VALIDATION, "The expression contains too many operators; operator count: 1001");
        condition("NOT ".repeat(299) + "attribute_exists(a)").ok();
        condition("a<b OR ".repeat(500) + "a<b").isRefused(VALIDATION, "too many operators");
    }

    @Test
    void refusesParenthesesWithinParentheses() {
        condition("((attribute_exists(id)))").isRefused(VALIDATION, "The expression has redundant parentheses");
        condition("(".repeat(1500) + "attribute_exists(id)" + ")".repeat(1500))
                .isRefused(VALIDATION, "The expression has redundant parentheses");
        condition("(".repeat(4000)).isRefused(VALIDATION, "Invalid ConditionExpression");
    }

    @Test
    void refusesNestingThatTakesTooMuchStack() {
        condition("size(".repeat(800) + "a" + ")".repeat(800)).isRefused(VALIDATION, "Invalid ConditionExpression");
        condition("(NOT ".repeat(600) + "attribute_exists(a)" + ")".repeat(600))
                .isRefused(VALIDATION, "Invalid ConditionExpression");
        update("SET a = " + "(".repeat(1500) + ":v" + ")".repeat(1500), "':v':{'S':'x'}")
                .isRefused(VALIDATION, "Invalid UpdateExpression");
        update("SET a = " + "list_append(a,".repeat(250) + ":v" + ")".repeat(250), "':v':{'L':[]}")
                .isRefused(VALIDATION, "does not exist in the item");
        update("SET a = " + "f(".repeat(1500), "':v':{'L':[]}").isRefused(VALIDATION, "Invalid UpdateExpression");
    }

    @Test
    void takesLongPaths() {
        condition("attribute_not_exists(numbers" + "[0]".repeat(1300) + ")").ok();
        condition("attribute_exists(numbers[99999999999])").isRefused(VALIDATION, "List index is not within");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SET status = :v | reserved keyword; reserved keyword: status",
                "SET #x = :v | An expression attribute name used in the document path is not defined; attribute name: #x",
                "SET a = :w | An expression attribute value used in expression is not defined; attribute value: :w",
                "SET a = | Syntax error; token: \"<EOF>\"",
                "SET a = :v SET b = :v | section can only be used once",
                "SET a = :v, a = :v | Two document paths overlap",
                "SET a = other(b, :v) | Invalid function name; function: other",
                "SET id = :v | This attribute is part of the key",
                "SET a = b + :v | does not exist in the item",
                "SET a.b = :v | document path provided in the update expression is invalid for update",
                "ADD numbers :v | An operand in the update expression has an incorrect data type"
            },
            quoteCharacter = '~')
    void refusesUpdate(String expression, String message) {
        update(expression, "':v':{'N':'1'}").isRefused(VALIDATION, message);
    }

    @Test
    void refusesNamesAndValuesThatNoExpressionUses() {
        update("SET a = :v", "':v':{'N':'1'},':w':{'N':'2'}")
                .isRefused(VALIDATION, "unused in expressions: keys: {:w}");
        wire.call("GetItem", """
                {'TableName':'things','Key':{'id':{'S':'a'}},'ProjectionExpression':'a',
                 'ExpressionAttributeNames':{'#n':'b'}}""").isRefused(VALIDATION, "unused in expressions: keys: {#n}");
        wire.call("GetItem", "{'TableName':'things','Key':{'id':{'S':'a'}},'ExpressionAttributeNames':{'#n':'b'}}")
                .isRefused(VALIDATION, "can only be specified when using expressions");
    }

    @Test
    void refusesFilterOnKeyAndQueryWithoutKey() {
        wire.call("Query", """
                {'TableName':'things','KeyConditionExpression':'a = :v','ExpressionAttributeValues':{':v':{'S':'a'}}}""").isRefused(VALIDATION, "Query condition missed key schema element: id");
        wire.call("Query", "{'TableName':'things'}").isRefused(VALIDATION, "KeyConditionExpression");
    }

    private Wire.Answer condition(String expression) {
        return wire.call("PutItem", """
                {'TableName':'things','Item':{'id':{'S':'a'},'numbers':{'L':[{'N':'1'}]}},'ConditionExpression':'%s'}""".formatted(expression));
    }

    private Wire.Answer update(String expression, String values) {
        return wire.call("UpdateItem", """
                {'TableName':'things','Key':{'id':{'S':'a'}},'UpdateExpression':'%s',
                 'ExpressionAttributeValues':{%s}}""".formatted(expression, values));
    }
}
