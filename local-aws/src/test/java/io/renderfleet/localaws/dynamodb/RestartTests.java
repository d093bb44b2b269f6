package io.renderfleet.localaws.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.testing.MutableClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestartTests {
    private static final String PAIR = """
            {'ClientRequestToken':'once','TransactItems':[
             {'Update':{'TableName':'things','Key':{'id':{'S':'a'}},'UpdateExpression':'ADD n :one',
              'ExpressionAttributeValues':{':one':{'N':'1'}}}}]}""";

    private final MutableClock clock = new MutableClock(Instant.parse("2026-03-01T00:00:00Z"));

    @TempDir
    private Path directory;

    private DynamoDbSettings settings = DynamoDbSettings.defaults();

    @BeforeEach
    void keepTables() {
        settings = settings.withDataDir(directory);
    }

    @Test
    void tablesAndTheirSettingsSurvive() {
        String before;
        try (Calls calls = open()) {
            calls.call("CreateTable", """
                    {'TableName':'things','BillingMode':'PAY_PER_REQUEST',
                     'AttributeDefinitions':[{'AttributeName':'id','AttributeType':'S'},
                      {'AttributeName':'sort','AttributeType':'N'},{'AttributeName':'colour','AttributeType':'B'}],
                     'KeySchema':[{'AttributeName':'id','KeyType':'HASH'},{'AttributeName':'sort','KeyType':'RANGE'}],
                     'GlobalSecondaryIndexes':[{'IndexName':'byColour',
                      'KeySchema':[{'AttributeName':'colour','KeyType':'HASH'}],
                      'Projection':{'ProjectionType':'INCLUDE','NonKeyAttributes':['size']}}]}""");
            calls.call("UpdateTable", "{'TableName':'things','DeletionProtectionEnabled':true}");
            calls.call("UpdateTimeToLive", """
                    {'TableName':'things','TimeToLiveSpecification':{'Enabled':true,'AttributeName':'expires'}}""");
            before = description(calls);
        }
        for (int restart = 0; restart < 2; restart++) {
            try (Calls calls = open()) {
                assertThat(description(calls)).isEqualTo(before);
                assertThat(calls.refused("DeleteTable", "{'TableName':'things'}")
                                .text())
                        .contains("protected against deletion");
            }
        }
    }

    @Test
    void itemsSurviveAndDeletedOnesStayDeleted() {
        try (Calls calls = open()) {
            calls.call("CreateTable", Calls.THINGS);
            calls.put("all", """
                    's':{'S':'ü€\uD83D\uDE00'},'n':{'N':'-1.5E-100'},'b':{'B':'AAH/'},'t':{'BOOL':true},'f':{'BOOL':false},
                    'z':{'NULL':true},'ss':{'SS':['b','a']},'ns':{'NS':['2','1']},'bs':{'BS':['AA==']},
                    'l':{'L':[{'M':{'x':{'S':''}}}]},'m':{'M':{}}""");
            calls.put("gone", "");
            calls.put("changed", "'n':{'N':'1'}");
            calls.put("changed", "'n':{'N':'2'}");
            calls.call("DeleteItem", "{'TableName':'things','Key':{'id':{'S':'gone'}}}");
            var all = calls.get("all");

            try (Calls again = reopened(calls)) {
                assertThat(again.get("all")).isEqualTo(all);
                assertThat(again.ids()).containsExactlyInAnyOrder("all", "changed");
                assertThat(again.get("changed").path("n").path("N").asText()).isEqualTo("2");
                assertThat(again.call("DescribeTable", "{'TableName':'things'}")
                                .path("Table")
                                .path("ItemCount")
                                .asInt())
                        .isEqualTo(2);
            }
        }
    }

    @Test
    void deletedTablesStayDeletedAndNewOnesOfTheirNameAreEmpty() {
        try (Calls calls = open()) {
            calls.call("CreateTable", Calls.THINGS);
            calls.call("CreateTable", Calls.THINGS.replace("things", "others"));
            calls.put("old", "");
            calls.call("DeleteTable", "{'TableName':'things'}");
            calls.call("DeleteTable", "{'TableName':'others'}");
            calls.call("CreateTable", Calls.THINGS);
            calls.put("new", "");

            try (Calls again = reopened(calls)) {
                assertThat(again.call("ListTables", "{}").path("TableNames")).hasSize(1);
                assertThat(again.ids()).containsExactly("new");
            }
        }
    }

    @Test
    void timeToLiveThatWasTurnedOffStaysOff() {
        String parameters = "{'TableName':'things','TimeToLiveSpecification':{'Enabled':%s,'AttributeName':'expires'}}";
        try (Calls calls = open()) {
            calls.call("CreateTable", Calls.THINGS);
            calls.call("UpdateTimeToLive", parameters.formatted(true));
            calls.call("UpdateTimeToLive", parameters.formatted(false));

            try (Calls again = reopened(calls)) {
                assertThat(again.call("DescribeTimeToLive", "{'TableName':'things'}"))
                        .isEqualTo(Calls.json("{'TimeToLiveDescription':{'TimeToLiveStatus':'DISABLED'}}"));
            }
        }
    }

    @Test
    void indexesAreFilledFromItems() {
        try (Calls calls = open()) {
            calls.call("CreateTable", """
                    {'TableName':'things','BillingMode':'PAY_PER_REQUEST',
                     'AttributeDefinitions':[{'AttributeName':'id','AttributeType':'S'},
                      {'AttributeName':'colour','AttributeType':'S'}],
                     'KeySchema':[{'AttributeName':'id','KeyType':'HASH'}],
                     'GlobalSecondaryIndexes':[{'IndexName':'byColour',
                      'KeySchema':[{'AttributeName':'colour','KeyType':'HASH'}],
                      'Projection':{'ProjectionType':'ALL'}}]}""");
            calls.put("a", "'colour':{'S':'red'}");
            calls.put("a", "'colour':{'S':'blue'}");
            calls.put("b", "'colour':{'S':'red'}");

            try (Calls again = reopened(calls)) {
                var red = again.call("Query", """
                        {'TableName':'things','IndexName':'byColour','KeyConditionExpression':'colour = :c',
                         'ExpressionAttributeValues':{':c':{'S':'red'}}}""");
                assertThat(red.path("Items")).hasSize(1);
                assertThat(red.path("Items").path(0).path("id").path("S").asText())
                        .isEqualTo("b");
            }
        }
    }

    @Test
    void transactionTokenIsRememberedForTenMinutes() {
        try (Calls calls = open()) {
            calls.call("CreateTable", Calls.THINGS);
            calls.call("TransactWriteItems", PAIR);
        }
        clock.advance(Duration.ofMinutes(10));
        try (Calls calls = open()) {
            calls.call("TransactWriteItems", PAIR);

            assertThat(calls.get("a").path("n").path("N").asText()).isEqualTo("1");
            assertThat(calls.refused("TransactWriteItems", PAIR.replace("'S':'a'", "'S':'b'"))
                            .name())
                    .isEqualTo("IdempotentParameterMismatchException");
        }
        clock.advance(Duration.ofSeconds(1));
        try (Calls calls = open()) {
            calls.call("TransactWriteItems", PAIR);

            assertThat(calls.get("a").path("n").path("N").asText()).isEqualTo("2");
        }
    }

    private Calls open() {
        return Calls.open(settings, new DynamoDb.Hooks(clock, BatchOperations.Unprocessed.NONE, () -> {}));
    }

    private Calls reopened(Calls calls) {
        calls.close();
        return open();
    }

    private static String description(Calls calls) {
        return calls.call("DescribeTable", "{'TableName':'things'}").toPrettyString()
                + calls.call("DescribeTimeToLive", "{'TableName':'things'}").toPrettyString();
    }
}
