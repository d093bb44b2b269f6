package io.renderfleet.localaws.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TransactionConflictTests {
    private static final String KEY = "{'TableName':'things','Key':{'id':{'S':'%s'}}}";
    private static final String PUT = "{'Put':{'TableName':'things','Item':{'id':{'S':'%s'},'by':{'S':'other'}}}}";
    private static final String GET = "{'Get':" + KEY + "}";

    private final AtomicReference<Runnable> whileClaimed = new AtomicReference<>(() -> {});
    private final Calls calls = Calls.open(
            DynamoDbSettings.defaults(),
            new DynamoDb.Hooks(
                    Clock.systemUTC(),
                    BatchOperations.Unprocessed.NONE,
                    () -> whileClaimed.getAndSet(() -> {}).run()));

    @BeforeEach
    void createItems() {
        calls.call("CreateTable", Calls.THINGS);
        for (String id : List.of("written", "deleted", "checked", "free")) {
            calls.put(id, "'by':{'S':'nobody'}");
        }
    }

    @AfterEach
    void close() {
        calls.close();
    }

    @Test
    void singleWritesOfItsItemsAreRefused() {
        duringTransaction(() -> {
            for (String id : List.of("written", "deleted", "checked", "new")) {
                for (String operation : List.of("PutItem", "UpdateItem", "DeleteItem")) {
                    String parameters = operation.equals("PutItem")
                            ? "{'TableName':'things','Item':{'id':{'S':'" + id + "'}}}"
                            : KEY.formatted(id);
                    var refusal = calls.refused(operation, parameters);
                    assertThat(refusal.name()).as(operation + id).isEqualTo("TransactionConflictException");
                    assertThat(refusal.status()).isEqualTo(400);
                }
            }
        });
    }

    @Test
    void singleReadsSeeWhatWasThereBefore() {
        duringTransaction(() -> {
            assertThat(by("written")).isEqualTo("nobody");
            assertThat(by("deleted")).isEqualTo("nobody");
            assertThat(calls.ids()).containsExactlyInAnyOrder("written", "deleted", "checked", "free");
        });
    }

    @Test
    void otherItemsAreFree() {
        duringTransaction(() -> {
            calls.put("free", "'by':{'S':'single'}");
            calls.call("TransactWriteItems", "{'TransactItems':[" + PUT.formatted("other") + "]}");
        });

        assertThat(by("free")).isEqualTo("single");
        assertThat(by("other")).isEqualTo("other");
    }

    @Test
    void otherTransactionIsCancelledForItemInConflict() {
        duringTransaction(() -> {
            var refusal = calls.refused(
                    "TransactWriteItems",
                    "{'TransactItems':[%s,%s,%s]}"
                            .formatted(PUT.formatted("free"), PUT.formatted("written"), PUT.formatted("more")));
            assertThat(refusal.name()).isEqualTo("TransactionCanceledException");
            assertThat(refusal.text()).endsWith("[None, TransactionConflict, None]");
            assertThat(refusal.body().path("CancellationReasons"))
                    .extracting(reason -> reason.path("Code").asText())
                    .containsExactly("None", "TransactionConflict", "None");
            assertThat(refusal.body()
                            .path("CancellationReasons")
                            .path(1)
                            .path("Message")
                            .asText())
                    .isEqualTo("Transaction is ongoing for the item");
        });

        assertThat(by("free")).isEqualTo("nobody");
        assertThat(calls.get("more").isMissingNode()).isTrue();
    }

    @Test
    void transactionalReadIsCancelledForItemInConflict() {
        duringTransaction(() -> assertThat(calls.refused(
                                "TransactGetItems",
                                "{'TransactItems':[%s,%s]}".formatted(GET.formatted("free"), GET.formatted("deleted")))
                        .text())
                .endsWith("[None, TransactionConflict]"));
    }

    @Test
    void batchReturnsItemInConflictAsUnprocessed() {
        duringTransaction(() -> {
            String free = "{'PutRequest':{'Item':{'id':{'S':'free'},'by':{'S':'batch'}}}}";
            String taken = "{'DeleteRequest':{'Key':{'id':{'S':'written'}}}}";
            var answer = calls.call("BatchWriteItem", "{'RequestItems':{'things':[%s,%s]}}".formatted(taken, free));
            assertThat(answer.path("UnprocessedItems")).isEqualTo(Calls.json("{'things':[" + taken + "]}"));
        });

        assertThat(by("free")).isEqualTo("batch");
    }

    @Test
    void transactionInProgressIsNotBegunTwice() {
        String request = "{'ClientRequestToken':'once','TransactItems':[" + PUT.formatted("free") + "]}";
        whileClaimed.set(
                () -> assertThat(calls.refused("TransactWriteItems", request).name())
                        .isEqualTo("TransactionInProgressException"));

        calls.call("TransactWriteItems", request);

        assertThat(by("free")).isEqualTo("other");
    }

    @Test
    void cancelledTransactionLetsItsItemsGo() {
        calls.refused(
                "TransactWriteItems",
                "{'TransactItems':[%s,{'ConditionCheck':{%s,'ConditionExpression':'attribute_exists(id)'}}]}"
                        .formatted(PUT.formatted("free"), "'TableName':'things','Key':{'id':{'S':'missing'}}"));

        calls.put("free", "'by':{'S':'single'}");
        calls.put("missing", "'by':{'S':'single'}");

        assertThat(by("free")).isEqualTo("single");
        assertThat(by("missing")).isEqualTo("single");
    }

    /** Runs it when a transaction that succeeds has its items and has changed none yet. */
    private void duringTransaction(Runnable test) {
        var ran = new AtomicReference<>(false);
        whileClaimed.set(() -> {
            test.run();
            ran.set(true);
        });

        calls.call("TransactWriteItems", """
                {'TransactItems':[
                 {'Put':{'TableName':'things','Item':{'id':{'S':'written'},'by':{'S':'transaction'}}}},
                 {'Delete':{'TableName':'things','Key':{'id':{'S':'deleted'}}}},
                 {'Put':{'TableName':'things','Item':{'id':{'S':'new'},'by':{'S':'transaction'}}}},
                 {'ConditionCheck':{'TableName':'things','Key':{'id':{'S':'checked'}},
                  'ConditionExpression':'attribute_exists(id)'}}]}""");

        assertThat(ran.get()).isTrue();
        assertThat(by("written")).isEqualTo("transaction");
        assertThat(by("new")).isEqualTo("transaction");
        assertThat(by("checked")).isEqualTo("nobody");
        assertThat(calls.get("deleted").isMissingNode()).isTrue();
    }

    private String by(String id) {
        return calls.get(id).path("by").path("S").asText();
    }
}
