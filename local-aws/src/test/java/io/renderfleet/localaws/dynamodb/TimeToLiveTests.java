package io.renderfleet.localaws.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.testing.MutableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TimeToLiveTests {
    private static final Instant NOW = Instant.parse("2026-03-01T00:00:00Z");
    private static final Duration DELAY = Duration.ofMinutes(10);

    private final MutableClock clock = new MutableClock(NOW);
    private final AtomicReference<Runnable> whileClaimed = new AtomicReference<>(() -> {});
    private final Calls calls = Calls.open(
            DynamoDbSettings.defaults().withTimeToLiveDelay(DELAY),
            new DynamoDb.Hooks(
                    clock,
                    BatchOperations.Unprocessed.NONE,
                    () -> whileClaimed.get().run()));

    @BeforeEach
    void createTable() {
        calls.call("CreateTable", Calls.THINGS);
        enable(true);
    }

    @AfterEach
    void close() {
        calls.close();
    }

    @Test
    void itemIsDeletedAfterItsTimeAndTheDelay() {
        putExpiring("a", NOW);

        clock.advance(DELAY.minusSeconds(1));
        sweep();
        assertThat(calls.ids()).containsExactly("a");

        clock.advance(Duration.ofSeconds(1));
        sweep();
        assertThat(calls.ids()).isEmpty();
    }

    @Test
    void onlyNumbersThatAreDueAreDeleted() {
        putExpiring("due", NOW);
        putExpiring("later", NOW.plusSeconds(1));
        calls.put("millis", "'expires':{'N':'" + NOW.toEpochMilli() + "'}");
        calls.put("text", "'expires':{'S':'" + NOW.getEpochSecond() + "'}");
        calls.put("none", "");
        calls.put("fraction", "'expires':{'N':'" + NOW.getEpochSecond() + ".5'}");

        clock.advance(DELAY);
        sweep();

        assertThat(calls.ids()).containsExactlyInAnyOrder("later", "millis", "text", "none", "fraction");
    }

    @Test
    void timesMoreThanFiveYearsAgoAreLeft() {
        putExpiring("zero", Instant.EPOCH);
        putExpiring("old", NOW.minus(Duration.ofDays(5 * 365)));
        putExpiring("younger", NOW.minus(Duration.ofDays(5 * 365)).plusSeconds(1));

        clock.advance(DELAY);
        sweep();

        assertThat(calls.ids()).containsExactlyInAnyOrder("zero", "old");
    }

    @Test
    void nothingIsDeletedWhereTimeToLiveIsOff() {
        putExpiring("a", NOW);
        enable(false);

        clock.advance(DELAY.multipliedBy(10));
        sweep();

        assertThat(calls.ids()).containsExactly("a");
    }

    @Test
    void itemThatTransactionHasIsLeftForNextSweep() {
        putExpiring("a", NOW);
        whileClaimed.set(() -> {
            clock.advance(DELAY);
            sweep();
            assertThat(calls.ids()).containsExactly("a");
        });
        calls.call("TransactWriteItems", """
                {'TransactItems':[{'ConditionCheck':{'TableName':'things','Key':{'id':{'S':'a'}},
                 'ConditionExpression':'attribute_exists(id)'}}]}""");

        sweep();

        assertThat(calls.ids()).isEmpty();
    }

    private void sweep() {
        calls.db().timeToLive().sweep();
    }

    private void putExpiring(String id, Instant at) {
        calls.put(id, "'expires':{'N':'" + at.getEpochSecond() + "'}");
    }

    private void enable(boolean enabled) {
        calls.call("UpdateTimeToLive", """
                {'TableName':'things','TimeToLiveSpecification':{'Enabled':%s,'AttributeName':'expires'}}""".formatted(enabled));
    }
}
