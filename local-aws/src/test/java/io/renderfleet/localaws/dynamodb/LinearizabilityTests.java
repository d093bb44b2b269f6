package io.renderfleet.localaws.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LinearizabilityTests {
    private static final int THREADS = 8;
    private final Calls calls = Calls.open(DynamoDbSettings.defaults());

    @BeforeEach
    void createTable() {
        calls.call("CreateTable", Calls.THINGS);
    }

    @AfterEach
    void close() {
        calls.close();
    }

    @Test
    void addCountsEveryCall() {
        Together.run(THREADS, thread -> {
            for (int i = 0; i < 500; i++) {
                calls.call("UpdateItem", """
                        {'TableName':'things','Key':{'id':{'S':'counter'}},'UpdateExpression':'ADD n :one',
                         'ExpressionAttributeValues':{':one':{'N':'1'}}}""");
            }
        });

        assertThat(number("counter")).isEqualTo(THREADS * 500);
    }

    @Test
    void conditionalSetCountsEverySuccess() {
        calls.put("counter", "'n':{'N':'0'}");
        var successes = new AtomicInteger();

        Together.run(THREADS, thread -> {
            for (int i = 0; i < 100; i++) {
                int old = number("counter");
                if (succeeds("UpdateItem", """
                        {'TableName':'things','Key':{'id':{'S':'counter'}},'UpdateExpression':'SET n = :new',
                         'ConditionExpression':'n = :old',
                         'ExpressionAttributeValues':{':old':{'N':'%d'},':new':{'N':'%d'}}}""".formatted(old, old + 1))) {
                    successes.incrementAndGet();
                }
            }
        });

        assertThat(number("counter")).isEqualTo(successes.get()).isGreaterThanOrEqualTo(100);
    }

    @Test
    void itemIsCreatedAndDeletedInTurn() {
        var created = new AtomicInteger();
        var deleted = new AtomicInteger();

        Together.run(THREADS, thread -> {
            for (int i = 0; i < 400; i++) {
                if (ThreadLocalRandom.current().nextBoolean()) {
                    created.addAndGet(succeeds("PutItem", """
                            {'TableName':'things','Item':{'id':{'S':'a'}},
                             'ConditionExpression':'attribute_not_exists(id)'}""") ? 1 : 0);
                } else {
                    deleted.addAndGet(succeeds("TransactWriteItems", """
                            {'TransactItems':[{'Delete':{'TableName':'things','Key':{'id':{'S':'a'}},
                             'ConditionExpression':'attribute_exists(id)'}}]}""") ? 1 : 0);
                }
            }
        });

        assertThat(created.get() - deleted.get()).isEqualTo(calls.ids().size());
        assertThat(calls.db().tables().get("things").items())
                .isEqualTo(calls.ids().size());
    }

    @Test
    void compareAndSetIsLinearizable() {
        var histories = List.of(new History("start"), new History("start"), new History("start"));
        for (int key = 0; key < histories.size(); key++) {
            calls.put("register-" + key, "'v':{'S':'start'}");
        }

        Together.run(THREADS, thread -> {
            var random = ThreadLocalRandom.current();
            String[] known = {"start", "start", "start"};
            for (int i = 0; i < 800; i++) {
                int key = random.nextInt(histories.size());
                History history = histories.get(key);
                String id = "register-" + key;
                String expected = known[key];
                String value = thread + "-" + i;
                known[key] = random.nextInt(3) == 0
                        ? history.read(() -> text(id))
                        : history.compareAndSet(expected, value, () -> compareAndSet(id, expected, value));
            }
        });

        for (int key = 0; key < histories.size(); key++) {
            assertThat(histories.get(key).checked()).isEqualTo(text("register-" + key));
            assertThat(histories.get(key).writes()).isGreaterThan(50);
        }
    }

    private String compareAndSet(String id, String expected, String value) {
        try {
            calls.call("UpdateItem", """
                    {'TableName':'things','Key':{'id':{'S':'%s'}},'UpdateExpression':'SET v = :new',
                     'ConditionExpression':'v = :old','ReturnValuesOnConditionCheckFailure':'ALL_OLD',
                     'ExpressionAttributeValues':{':old':{'S':'%s'},':new':{'S':'%s'}}}""".formatted(id, expected, value));
            return value;
        } catch (ServiceException e) {
            assertThat(e.name()).isEqualTo("ConditionalCheckFailedException");
            return e.body().path("Item").path("v").path("S").asText();
        }
    }

    private boolean succeeds(String operation, String parameters) {
        try {
            calls.call(operation, parameters);
            return true;
        } catch (ServiceException e) {
            assertThat(e.name())
                    .isIn(
                            "ConditionalCheckFailedException",
                            "TransactionCanceledException",
                            "TransactionConflictException");
            return false;
        }
    }

    private int number(String id) {
        return calls.get(id).path("n").path("N").asInt();
    }

    private String text(String id) {
        return calls.get(id).path("v").path("S").asText();
    }
}
