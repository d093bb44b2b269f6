package io.renderfleet.localaws.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class IndexLagTests {
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(20);
    private static final String TABLE = """
            {'TableName':'things','BillingMode':'PAY_PER_REQUEST',
             'AttributeDefinitions':[{'AttributeName':'id','AttributeType':'S'},
              {'AttributeName':'sort','AttributeType':'S'},{'AttributeName':'colour','AttributeType':'S'}],
             'KeySchema':[{'AttributeName':'id','KeyType':'HASH'},{'AttributeName':'sort','KeyType':'RANGE'}],
             'LocalSecondaryIndexes':[{'IndexName':'local',
              'KeySchema':[{'AttributeName':'id','KeyType':'HASH'},{'AttributeName':'colour','KeyType':'RANGE'}],
              'Projection':{'ProjectionType':'ALL'}}],
             'GlobalSecondaryIndexes':[{'IndexName':'global',
              'KeySchema':[{'AttributeName':'colour','KeyType':'HASH'}],'Projection':{'ProjectionType':'ALL'}}]}""";

    @Test
    void globalIndexMissesFreshWritesAndLocalOneDoesNot() {
        try (Calls calls = open(Duration.ofMinutes(1))) {
            for (int i = 0; i < 20; i++) {
                put(calls, i, "red", i);
            }

            assertThat(global(calls, "red").path("Count").asInt()).isLessThan(20);
            assertThat(calls.call("Query", """
                            {'TableName':'things','IndexName':'local','KeyConditionExpression':'id = :id',
                             'ConsistentRead':true,'ExpressionAttributeValues':{':id':{'S':'a'}}}""").path("Count").asInt()).isEqualTo(20);
            assertThat(calls.ids()).hasSize(20);
        }
    }

    @Test
    void globalIndexSeesWritesAfterTheLag() {
        try (Calls calls = open(Duration.ofMillis(50))) {
            for (int i = 0; i < 20; i++) {
                put(calls, i, "red", i);
            }
            await(() -> global(calls, "red").path("Count").asInt() == 20);

            put(calls, 0, "blue", 0);
            await(() -> global(calls, "red").path("Count").asInt() == 19
                    && global(calls, "blue").path("Count").asInt() == 1);
        }
    }

    @Test
    void globalIndexSeesWritesOfItemInTheirOrder() {
        try (Calls calls = open(Duration.ofMillis(5))) {
            var seen = new ArrayList<Integer>();
            for (int i = 1; i <= 100; i++) {
                put(calls, 0, "red", i);
                seen.add(latest(calls));
            }
            await(() -> seen.add(latest(calls)) && seen.getLast() == 100);

            assertThat(seen).isSorted();
        }
    }

    @Test
    void updatesThatAreDueEarlierWaitForThoseBefore() {
        var done = new CopyOnWriteArrayList<Integer>();
        var delays = new ArrayList<>(List.of(30_000_000L, 0L, 10_000_000L));
        try (IndexUpdates updates = IndexUpdates.late(Duration.ofMillis(40), new FixedRandom(delays))) {
            updates.start();
            for (int i = 0; i < 3; i++) {
                int number = i;
                updates.run(() -> done.add(number));
            }
            await(() -> done.size() == 3);
        }

        assertThat(done).containsExactly(0, 1, 2);
    }

    @Test
    void consistentReadsOfGlobalIndexAreRefused() {
        try (Calls calls = open(Duration.ZERO)) {
            for (String operation : new String[] {"Query", "Scan"}) {
                String key = operation.equals("Query")
                        ? "'KeyConditionExpression':'colour = :c','ExpressionAttributeValues':{':c':{'S':'red'}},"
                        : "";
                assertThat(calls.refused(
                                        operation,
                                        "{" + key + "'TableName':'things','IndexName':'global','ConsistentRead':true}")
                                .text())
                        .isEqualTo("Consistent reads are not supported on global secondary indexes");
            }
        }
    }

    private static Calls open(Duration lag) {
        Calls calls = Calls.open(DynamoDbSettings.defaults().withIndexLag(lag));
        calls.call("CreateTable", TABLE);
        return calls;
    }

    private static void put(Calls calls, int sort, String colour, int number) {
        calls.call("PutItem", """
                {'TableName':'things','Item':{'id':{'S':'a'},'sort':{'S':'%d'},'colour':{'S':'%s'},'n':{'N':'%d'}}}""".formatted(sort, colour, number));
    }

    private static ObjectNode global(Calls calls, String colour) {
        return calls.call("Query", """
                {'TableName':'things','IndexName':'global','KeyConditionExpression':'colour = :c',
                 'ExpressionAttributeValues':{':c':{'S':'%s'}}}""".formatted(colour));
    }

    private static int latest(Calls calls) {
        return global(calls, "red").path("Items").path(0).path("n").path("N").asInt();
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + LONGEST_WAIT.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    /** Gives these numbers, one after the other. */
    private record FixedRandom(List<Long> numbers) implements RandomGenerator {
        @Override
        public long nextLong() {
            return numbers.removeFirst();
        }

        @Override
        public long nextLong(long bound) {
            return nextLong();
        }
    }
}
