package io.renderfleet.localaws.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ThrottleTests {
    private static final String BIG = "'v':{'S':'" + "x".repeat(300_000) + "'}";
    private static final String PUT = "{'PutRequest':{'Item':{'id':{'S':'%s'}}}}";
    private static final String THROUGHPUT = "ProvisionedThroughputExceededException";

    @Test
    void writesAreRefusedOnceSecondIsUsedUp() {
        try (Calls calls = throttled()) {
            calls.put("a", BIG);

            var refusal = calls.refused("PutItem", "{'TableName':'things','Item':{'id':{'S':'b'}}}");

            assertThat(refusal.name()).isEqualTo(THROUGHPUT);
            assertThat(refusal.status()).isEqualTo(400);
            assertThat(refusal.text()).contains("provisioned throughput for the table was exceeded");
            assertThat(calls.refused("UpdateItem", "{'TableName':'things','Key':{'id':{'S':'a'}}}")
                            .name())
                    .isEqualTo(THROUGHPUT);
            assertThat(calls.ids()).containsExactly("a");
        }
    }

    @Test
    void failedConditionCostsAsMuchAsWrite(@TempDir Path directory) {
        var settings = DynamoDbSettings.defaults().withDataDir(directory);
        try (Calls calls = Calls.open(settings)) {
            calls.call("CreateTable", Calls.THINGS);
            calls.put("a", BIG);
        }
        try (Calls calls = Calls.open(settings.withThrottleWrites(10))) {
            String put =
                    "{'TableName':'things','Item':{'id':{'S':'a'}},'ConditionExpression':'attribute_not_exists(id)'}";

            assertThat(calls.refused("PutItem", put).name()).isEqualTo("ConditionalCheckFailedException");
            assertThat(calls.refused("PutItem", put).name()).isEqualTo(THROUGHPUT);
        }
    }

    @Test
    void batchReturnsThrottledItemsAndFailsWhenAllAreThrottled() {
        try (Calls calls = throttled()) {
            calls.call("CreateTable", Calls.THINGS.replace("things", "others"));
            calls.put("a", BIG);
            String batch = "{'RequestItems':{'things':[" + PUT.formatted("b") + "],'others':[%s]}}";

            assertThat(calls.call("BatchWriteItem", batch.formatted(PUT.formatted("c")))
                            .path("UnprocessedItems"))
                    .isEqualTo(Calls.json("{'things':[" + PUT.formatted("b") + "]}"));

            calls.call("PutItem", "{'TableName':'others','Item':{'id':{'S':'big'}," + BIG + "}}");
            assertThat(calls.refused("BatchWriteItem", batch.formatted(PUT.formatted("d")))
                            .name())
                    .isEqualTo(THROUGHPUT);
        }
    }

    @Test
    void transactionIsCancelledForThrottledItem() {
        try (Calls calls = throttled()) {
            calls.call("CreateTable", Calls.THINGS.replace("things", "others"));
            calls.put("a", BIG);

            var refusal = calls.refused("TransactWriteItems", """
                    {'TransactItems':[{'Put':{'TableName':'others','Item':{'id':{'S':'b'}}}},
                     {'Put':{'TableName':'things','Item':{'id':{'S':'b'}}}}]}""");

            assertThat(refusal.name()).isEqualTo("TransactionCanceledException");
            assertThat(refusal.text()).endsWith("[None, ProvisionedThroughputExceeded]");
            assertThat(calls.ids()).containsExactly("a");
        }
    }

    @Test
    void unusedUnitsAreKeptForOneSecond() {
        var nanos = new AtomicLong();
        var throttle = new Throttle(10, nanos::get);

        nanos.addAndGet(60_000_000_000L);
        assertThat(throttle.admits()).isTrue();
        throttle.charge(15);
        assertThat(throttle.admits()).isFalse();
        nanos.addAndGet(500_000_000L);
        assertThat(throttle.admits()).isFalse();
        nanos.addAndGet(1_000_000L);
        assertThat(throttle.admits()).isTrue();
    }

    @Test
    void batchesReturnTheUnprocessedItemsThatATestAsksFor() {
        var hooks =
                new DynamoDb.Hooks(Clock.systemUTC(), (table, place) -> table.equals("things") && place == 1, () -> {});
        try (Calls calls = Calls.open(DynamoDbSettings.defaults(), hooks)) {
            calls.call("CreateTable", Calls.THINGS);

            assertThat(calls.call(
                                    "BatchWriteItem",
                                    "{'RequestItems':{'things':[%s,%s,%s]}}"
                                            .formatted(PUT.formatted("a"), PUT.formatted("b"), PUT.formatted("c")))
                            .path("UnprocessedItems"))
                    .isEqualTo(Calls.json("{'things':[" + PUT.formatted("b") + "]}"));
            assertThat(calls.ids()).containsExactlyInAnyOrder("a", "c");

            var read = calls.call("BatchGetItem", """
                    {'RequestItems':{'things':{'ConsistentRead':true,
                     'Keys':[{'id':{'S':'a'}},{'id':{'S':'b'}},{'id':{'S':'c'}}]}}}""");
            assertThat(read.path("Responses").path("things")).hasSize(2);
            assertThat(read.path("UnprocessedKeys"))
                    .isEqualTo(Calls.json("{'things':{'ConsistentRead':true,'Keys':[{'id':{'S':'b'}}]}}"));
        }
    }

    /** Ten units a second, so that one big item takes half a minute. */
    private static Calls throttled() {
        Calls calls = Calls.open(DynamoDbSettings.defaults().withThrottleWrites(10));
        calls.call("CreateTable", Calls.THINGS);
        return calls;
    }
}
