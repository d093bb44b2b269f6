package io.renderfleet.localaws.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.localaws.dynamodb.AttributeValue.Text;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Writers that wait while a transaction reads an item, and what has become of the item when they go on. */
class WaitingForReadersTests {
    private static final Duration LONGEST = Duration.ofSeconds(5);
    private static final Map<String, AttributeValue> ITEM = Map.of("id", new Text("a"));

    private final Calls calls = Calls.open(DynamoDbSettings.defaults());
    private final Key key = Key.partition(new Text("a"));

    @BeforeEach
    void createTable() {
        calls.call("CreateTable", Calls.THINGS);
    }

    @AfterEach
    void close() {
        calls.close();
    }

    @Test
    void onlyOneTransactionClaimsItemAfterReaders() throws ExecutionException, InterruptedException {
        calls.put("a", "");
        Table.Claim reader = table().claim(key, false).orElseThrow();
        var first = waits(() -> table().claim(key, true));
        var second = waits(() -> table().claim(key, true));

        table().release(reader, false);

        assertThat(List.of(first.get(), second.get()))
                .filteredOn(Optional::isPresent)
                .hasSize(1);
    }

    @Test
    void writeIsNotLostWhenReadersFoundNoItem() throws ExecutionException, InterruptedException {
        Table.Claim reader = table().claim(key, false).orElseThrow();
        var write = waits(() -> table().write(key, old -> ITEM));

        table().release(reader, false);
        write.get();

        assertThat(calls.ids()).containsExactly("a");
    }

    @Test
    void transactionIsNotLostWhenReadersFoundNoItem() throws ExecutionException, InterruptedException {
        Table.Claim reader = table().claim(key, false).orElseThrow();
        var write = waits(() -> calls.call(
                "TransactWriteItems", "{'TransactItems':[{'Put':{'TableName':'things','Item':{'id':{'S':'a'}}}}]}"));

        table().release(reader, false);
        write.get();

        assertThat(calls.ids()).containsExactly("a");
    }

    @Test
    void writeIsRefusedWhenTransactionComesFirst() throws ExecutionException, InterruptedException {
        Table.Claim reader = table().claim(key, false).orElseThrow();
        var claim = waits(() -> table().claim(key, true));
        table().release(reader, false);
        Table.Claim writer = claim.get().orElseThrow();

        assertThat(calls.refused("PutItem", "{'TableName':'things','Item':{'id':{'S':'a'}}}")
                        .name())
                .isEqualTo("TransactionConflictException");
        table().release(writer, true);
        calls.put("a", "");
        assertThat(calls.ids()).containsExactly("a");
    }

    private Table table() {
        return calls.db().tables().get("things");
    }

    /** Starts it in another thread, and returns when that waits. */
    private <T> FutureTask<T> waits(Callable<T> call) {
        var task = new FutureTask<>(call);
        Thread thread = Thread.ofPlatform().start(task);
        long deadline = System.nanoTime() + LONGEST.toNanos();
        while (thread.getState() != Thread.State.TIMED_WAITING) {
            assertThat(System.nanoTime()).as("it does not wait").isLessThan(deadline);
            Thread.onSpinWait();
        }
        return task;
    }
}
