package io.renderfleet.localaws.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What happens to a write that waits for a transaction which reads the item. */
class ClaimTests {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Map<String, AttributeValue> ITEM = Map.of("id", new AttributeValue.Text("a"));

    private final Table table = new Table(
            TableDefinition.create(Json.parse("""
                            {"TableName": "claims", "BillingMode": "PAY_PER_REQUEST",
                             "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
                             "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}]}""".getBytes(StandardCharsets.UTF_8)), Instant.EPOCH),
            Journal.NONE,
            new Throttle(0, System::nanoTime),
            IndexUpdates.IMMEDIATE);
    private final Key key = table.key().of(ITEM);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @Test
    void keepsWriteThatWaitedForReadOfAbsentItem() throws Exception {
        Table.Claim read = table.claim(key, false).orElseThrow();
        var write = waiting(() -> table.write(key, old -> ITEM));

        table.release(read, false);
        write.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);

        assertThat(table.read(key)).isEqualTo(ITEM);
        assertThat(table.items()).isEqualTo(1);
    }

    @Test
    void givesCellToOneOfTwoTransactionsThatWaitedForIt() throws Exception {
        table.write(key, old -> ITEM);
        Table.Claim read = table.claim(key, false).orElseThrow();
        var first = waiting(() -> table.claim(key, true));
        var second = waiting(() -> table.claim(key, true));

        table.release(read, false);

        assertThat(List.of(
                        first.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).isPresent(),
                        second.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).isPresent()))
                .containsExactlyInAnyOrder(true, false);
    }

    @Test
    void refusesFurtherReadsWhileWriteWaits() throws Exception {
        Table.Claim read = table.claim(key, false).orElseThrow();
        var write = waiting(() -> table.write(key, old -> ITEM));

        assertThat(table.claim(key, false)).isEmpty();

        table.release(read, false);
        write.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void losesNoUpdateBesideTransactionsThatRead() throws Exception {
        var transactions = new Transactions(Journal.NONE, () -> {});
        int updates = 2_000;
        var writer = threads.submit(() -> {
            for (int i = 0; i < updates; i++) {
                table.write(
                        key,
                        old -> Map.of(
                                "id", new AttributeValue.Text("a"),
                                "n", new AttributeValue.Numeric(count(old).add(BigDecimal.ONE))));
            }
        });

        while (!writer.isDone()) {
            try {
                transactions.read(List.of(new Transactions.Action(table, key, old -> old, false)));
            } catch (ServiceException e) {
                assertThat(e.name()).isEqualTo("TransactionCanceledException");
            }
        }

        writer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(count(table.read(key))).isEqualByComparingTo(BigDecimal.valueOf(updates));
    }

    private static BigDecimal count(@Nullable Map<String, AttributeValue> item) {
        return item != null && item.get("n") instanceof AttributeValue.Numeric(BigDecimal n) ? n : BigDecimal.ZERO;
    }

    /** Starts the task and returns when its thread waits for the item. */
    private <T> Future<T> waiting(Callable<T> task) throws InterruptedException {
        var thread = new Thread[1];
        var started = new CountDownLatch(1);
        Future<T> future = threads.submit(() -> {
            thread[0] = Thread.currentThread();
            started.countDown();
            return task.call();
        });
        started.await();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (thread[0].getState() != Thread.State.TIMED_WAITING && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        assertThat(thread[0].getState()).isEqualTo(Thread.State.TIMED_WAITING);
        return future;
    }
}
