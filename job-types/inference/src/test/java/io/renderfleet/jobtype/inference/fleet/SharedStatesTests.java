package io.renderfleet.jobtype.inference.fleet;

import static io.renderfleet.jobtype.inference.fleet.FleetTester.D1;
import static io.renderfleet.jobtype.inference.fleet.FleetTester.concurrency;
import static io.renderfleet.jobtype.inference.fleet.FleetTester.settings;
import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.jobtype.inference.fleet.FleetTester.Network;
import io.renderfleet.jobtype.inference.fleet.FleetTester.Worker;
import io.renderfleet.jobtype.inference.keys.CallNeed;
import io.renderfleet.jobtype.inference.keys.CallOutcome;
import io.renderfleet.jobtype.inference.keys.KeyId;
import io.renderfleet.jobtype.inference.keys.KeyPool.Choice;
import io.renderfleet.jobtype.inference.keys.KeyState;
import io.renderfleet.jobtype.inference.keys.KeyView;
import io.renderfleet.jobtype.inference.keys.Permit;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** What workers learn from each other over local DynamoDB, with a clock that the tests move. */
class SharedStatesTests {
    private static final CallOutcome SUCCESS = new CallOutcome.Succeeded(0, Duration.ofMillis(400));
    private static final Duration ONE_SECOND = Duration.ofSeconds(1);

    private final FleetTester fleet = new FleetTester();
    /** Two keys of one domain and one of another. */
    private final Worker[] workers = Stream.of("w1", "w2", "w3", "w4")
            .map(id -> fleet.worker(id, settings(concurrency(20), "a@d1", "b@d1", "c@d2")))
            .toArray(Worker[]::new);

    @AfterEach
    void close() {
        fleet.close();
    }

    /** Each worker uses both domains, and nobody has calls in progress. */
    private void warmUp() {
        for (Worker worker : workers) {
            assertThat(worker.keys.acquire(CallNeed.ofTokens(0))).isInstanceOf(Choice.NoCapacity.class);
        }
        fleet.pass(Duration.ofSeconds(2), workers);
        for (Worker worker : workers) {
            call(worker, "a").end(SUCCESS);
            call(worker, "c").end(SUCCESS);
        }
        fleet.pass(FleetTester.TURN, workers);
    }

    /** A call with this key only. */
    private static Choice choice(Worker worker, String key) {
        Set<KeyId> others = Set.copyOf(Stream.of("a", "b", "c")
                .filter(other -> !other.equals(key))
                .map(KeyId::new)
                .toList());
        return worker.keys.acquire(new CallNeed(0, others, Set.of()));
    }

    private static Permit call(Worker worker, String key) {
        Choice choice = choice(worker, key);
        assertThat(choice).isInstanceOf(Choice.Taken.class);
        return ((Choice.Taken) choice).permit();
    }

    private static KeyView view(Worker worker, String key) {
        return worker.keys.keys().stream()
                .filter(view -> view.id().value().equals(key))
                .findFirst()
                .orElseThrow();
    }

    private void refuse(Worker worker, String key, @Nullable Duration retryAfter) {
        call(worker, key).end(new CallOutcome.RateLimited(retryAfter, false));
    }

    private Instant until(Worker worker, String key) {
        return Objects.requireNonNull(view(worker, key).until());
    }

    @Test
    void siblingsKnowACoolDownWithinASecondAndUseNoKeyOfItsDomain() {
        warmUp();
        refuse(workers[0], "a", Duration.ofSeconds(30));

        fleet.pass(ONE_SECOND, workers);

        Instant end = until(workers[0], "a");
        for (Worker worker : workers) {
            assertThat(until(worker, "a")).isEqualTo(end);
            assertThat(choice(worker, "b")).isInstanceOf(Choice.NoCapacity.class);
            assertThat(choice(worker, "c")).isInstanceOf(Choice.Taken.class);
        }
    }

    @Test
    void theLaterEndOfACoolDownStands() {
        warmUp();
        refuse(workers[0], "a", ONE_SECOND);
        refuse(workers[1], "a", null);
        refuse(workers[2], "a", Duration.ofSeconds(60));
        fleet.pass(ONE_SECOND, workers);

        for (Worker worker : workers) {
            assertThat(until(worker, "a"))
                    .isAfterOrEqualTo(fleet.clock.instant().plusSeconds(58));
        }
    }

    @Test
    void oneWorkerOfFourTestsADomainAfterItsCoolDownAndAllGoOn() {
        warmUp();
        refuse(workers[0], "a", Duration.ofSeconds(12));
        fleet.pass(Duration.ofSeconds(14), workers);

        int tests = 0;
        Permit test = null;
        for (int i = 0; i < 10; i++) {
            // Not first the one that saw the limit.
            for (Worker worker : List.of(workers).reversed()) {
                if (choice(worker, "a") instanceof Choice.Taken(Permit permit)) {
                    tests++;
                    test = permit;
                }
            }
            fleet.pass(FleetTester.TURN, workers[3], workers[2], workers[1], workers[0]);
        }
        assertThat(tests).isOne();

        Objects.requireNonNull(test).end(SUCCESS);
        fleet.pass(ONE_SECOND, workers);
        for (Worker worker : workers) {
            assertThat(view(worker, "a").state()).isEqualTo(KeyState.ACTIVE);
            assertThat(choice(worker, "a")).isInstanceOf(Choice.Taken.class);
        }
    }

    @Test
    void aTestWhoseWorkerDiedIsMadeByAnotherOne() {
        warmUp();
        refuse(workers[0], "a", Duration.ofSeconds(12));
        fleet.pass(Duration.ofSeconds(14), workers);
        Worker tester = workers[1];
        assertThat(choice(tester, "a")).isInstanceOf(Choice.NoCapacity.class);
        fleet.pass(FleetTester.TURN, tester);
        assertThat(choice(tester, "a")).isInstanceOf(Choice.Taken.class);

        Worker other = workers[2];
        Instant latest = fleet.clock.instant().plusSeconds(20);
        while (!(choice(other, "a") instanceof Choice.Taken)) {
            assertThat(fleet.clock.instant()).isBefore(latest);
            fleet.pass(FleetTester.TURN, other);
        }
    }

    @Test
    void aTestThatIsRefusedCoolsTheDomainForAll() {
        warmUp();
        refuse(workers[0], "a", Duration.ofSeconds(12));
        fleet.pass(Duration.ofSeconds(14), workers);
        assertThat(choice(workers[1], "a")).isInstanceOf(Choice.NoCapacity.class);
        fleet.pass(FleetTester.TURN, workers);
        refuse(workers[1], "a", null);
        fleet.pass(ONE_SECOND, workers);

        for (Worker worker : workers) {
            assertThat(view(worker, "a").state()).isEqualTo(KeyState.COOLING);
            // The second cool-down in a row is twice as long.
            assertThat(until(worker, "a")).isAfter(fleet.clock.instant().plusSeconds(15));
        }
    }

    @Test
    void aWorkerThatStartsAfterACoolDownKnowsThatTheDomainIsNotTested() {
        warmUp();
        refuse(workers[0], "a", Duration.ofSeconds(12));
        fleet.pass(Duration.ofSeconds(14), workers);
        Worker late = fleet.worker("late", settings(concurrency(20), "a@d1", "b@d1", "c@d2"));

        fleet.pass(FleetTester.TURN, late);

        assertThat(view(late, "a").state()).isEqualTo(KeyState.PROBING);
    }

    @Test
    void anExhaustedKeyIsUsedByNobodyAndReturnsByItself() {
        warmUp();
        call(workers[0], "a").end(new CallOutcome.QuotaExhausted());
        fleet.pass(ONE_SECOND, workers);
        for (Worker worker : workers) {
            assertThat(view(worker, "a").state()).isEqualTo(KeyState.EXHAUSTED);
            assertThat(choice(worker, "b")).isInstanceOf(Choice.Taken.class);
        }

        fleet.clock.advance(Duration.ofHours(1));
        assertThat(choice(workers[3], "a")).isInstanceOf(Choice.NoCapacity.class);
        fleet.pass(ONE_SECOND, workers[3]);
        call(workers[3], "a").end(SUCCESS);
        assertThat(view(workers[3], "a").state()).isEqualTo(KeyState.ACTIVE);
    }

    @Test
    void whatAnOperatorDecidesIsKnownWithinASecondAndAfterARestart() {
        warmUp();
        var operator = new SharedStates(fleet.items(), "pool");
        operator.operate(new KeyId("a"), KeyState.DISABLED, fleet.clock.instant(), "Disabled by an operator");
        fleet.pass(ONE_SECOND, workers);
        Worker late = fleet.worker("late", settings(concurrency(20), "a@d1", "b@d1", "c@d2"));
        fleet.pass(FleetTester.TURN, late);

        assertThat(List.of(workers)).allMatch(worker -> view(worker, "a").state() == KeyState.DISABLED);
        assertThat(view(late, "a").state()).isEqualTo(KeyState.DISABLED);

        operator.operate(new KeyId("a"), KeyState.ACTIVE, fleet.clock.instant(), "Enabled by an operator");
        fleet.pass(ONE_SECOND, workers);
        assertThat(List.of(workers)).allMatch(worker -> view(worker, "a").state() == KeyState.ACTIVE);
    }

    @Test
    void aFactThatCannotBeReadHidesNoOther() {
        warmUp();
        fleet.items()
                .write("keys#pool")
                .set("operator#a", AttributeValue.fromM(Map.of("state", AttributeValue.fromS("OF-A-NEWER-VERSION"))))
                .apply();
        refuse(workers[0], "c", Duration.ofSeconds(60));
        fleet.pass(ONE_SECOND, workers);

        assertThat(view(workers[1], "c").state()).isEqualTo(KeyState.COOLING);
        call(workers[1], "a").end(SUCCESS);
    }

    @Test
    void whatWasLearntWithoutTheTableIsWrittenWhenItIsBack() {
        warmUp();
        workers[0].network.set(Network.AWAY);
        refuse(workers[0], "a", Duration.ofSeconds(60));
        fleet.pass(Duration.ofSeconds(3), workers);
        assertThat(view(workers[1], "a").state()).isEqualTo(KeyState.ACTIVE);

        workers[0].network.set(Network.WORKS);
        fleet.pass(ONE_SECOND, workers);
        assertThat(view(workers[1], "a").state()).isEqualTo(KeyState.COOLING);
    }

    @Test
    void aPoolIsClosedUntilItsFirstKeyCanBeUsed() {
        warmUp();
        assertThat(workers[0].keys.closedUntil()).isEmpty();
        refuse(workers[0], "a", Duration.ofSeconds(30));
        refuse(workers[0], "c", Duration.ofSeconds(60));
        fleet.pass(ONE_SECOND, workers);

        for (Worker worker : workers) {
            assertThat(worker.keys.closedUntil()).contains(until(worker, "a"));
        }
        assertThat(fleet.permits(D1).total()).isEqualTo(20);
    }
}
