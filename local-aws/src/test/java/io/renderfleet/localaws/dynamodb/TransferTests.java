package io.renderfleet.localaws.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Transactions that move amounts between accounts, and readers that would see an amount on its way. */
class TransferTests {
    private static final int ACCOUNTS = 5;
    private static final int EACH = 100;
    private static final String ALL = IntStream.range(0, ACCOUNTS)
            .mapToObj("{'Get':{'TableName':'things','Key':{'id':{'S':'account-%d'}}}}"::formatted)
            .collect(Collectors.joining(",", "{'TransactItems':[", "]}"));

    private final Calls calls = Calls.open(DynamoDbSettings.defaults());
    private final AtomicInteger moved = new AtomicInteger();
    private final AtomicInteger sums = new AtomicInteger();
    private final AtomicInteger moving = new AtomicInteger(4);

    @BeforeEach
    void createAccounts() {
        calls.call("CreateTable", """
                {'TableName':'things','BillingMode':'PAY_PER_REQUEST',
                 'AttributeDefinitions':[{'AttributeName':'id','AttributeType':'S'},
                  {'AttributeName':'bank','AttributeType':'S'}],
                 'KeySchema':[{'AttributeName':'id','KeyType':'HASH'}],
                 'GlobalSecondaryIndexes':[{'IndexName':'byBank',
                  'KeySchema':[{'AttributeName':'bank','KeyType':'HASH'}],'Projection':{'ProjectionType':'ALL'}}]}""");
        for (int i = 0; i < ACCOUNTS; i++) {
            calls.put("account-" + i, "'bank':{'S':'ours'},'n':{'N':'" + EACH + "'}");
        }
    }

    @AfterEach
    void close() {
        calls.close();
    }

    @Test
    void transactionalReadsNeverSeeHalfOfTransfer() {
        Together.run(8, thread -> {
            if (thread < 4) {
                for (int i = 0; i < 300; i++) {
                    move(ThreadLocalRandom.current());
                }
                moving.decrementAndGet();
            } else {
                while (moving.get() > 0) {
                    read(thread);
                }
            }
        });

        assertThat(sum(calls.call("TransactGetItems", ALL).path("Responses"))).isEqualTo(ACCOUNTS * EACH);
        assertThat(moved.get()).isGreaterThan(50);
        assertThat(sums.get()).isGreaterThan(50);
    }

    private void move(ThreadLocalRandom random) {
        int from = random.nextInt(ACCOUNTS);
        int to = (from + 1 + random.nextInt(ACCOUNTS - 1)) % ACCOUNTS;
        int amount = 1 + random.nextInt(30);
        try {
            calls.call("TransactWriteItems", """
                    {'TransactItems':[
                     {'Update':{'TableName':'things','Key':{'id':{'S':'account-%d'}},'UpdateExpression':'SET n = n - :a',
                      'ConditionExpression':'n >= :a','ExpressionAttributeValues':{':a':{'N':'%d'}}}},
                     {'Update':{'TableName':'things','Key':{'id':{'S':'account-%d'}},'UpdateExpression':'ADD n :a',
                      'ExpressionAttributeValues':{':a':{'N':'%d'}}}}]}""".formatted(from, amount, to, amount));
            moved.incrementAndGet();
        } catch (ServiceException e) {
            assertThat(e.text()).containsAnyOf("TransactionConflict", "ConditionalCheckFailed");
        }
    }

    private void read(int thread) {
        switch (thread) {
            case 4 ->
                assertThat(amounts(calls.call("Scan", "{'TableName':'things'}")))
                        .hasSize(ACCOUNTS)
                        .noneMatch(amount -> amount < 0);
            case 5 ->
                assertThat(amounts(calls.call("Query", """
                            {'TableName':'things','IndexName':'byBank','KeyConditionExpression':'bank = :b',
                             'ExpressionAttributeValues':{':b':{'S':'ours'}}}"""))).hasSize(ACCOUNTS).noneMatch(amount -> amount < 0);
            default -> {
                try {
                    assertThat(sum(calls.call("TransactGetItems", ALL).path("Responses")))
                            .isEqualTo(ACCOUNTS * EACH);
                    sums.incrementAndGet();
                } catch (ServiceException e) {
                    assertThat(e.text()).contains("TransactionConflict");
                }
            }
        }
    }

    private static List<Integer> amounts(JsonNode page) {
        return page.path("Items").valueStream().map(TransferTests::amount).toList();
    }

    private static int sum(JsonNode responses) {
        return responses
                .valueStream()
                .mapToInt(response -> amount(response.path("Item")))
                .sum();
    }

    private static int amount(JsonNode item) {
        return item.path("n").path("N").asInt();
    }
}
