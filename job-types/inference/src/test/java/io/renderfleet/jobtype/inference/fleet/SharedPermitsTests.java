package io.renderfleet.jobtype.inference.fleet;

import static io.renderfleet.jobtype.inference.fleet.FleetTester.D1;
import static io.renderfleet.jobtype.inference.fleet.FleetTester.concurrency;
import static io.renderfleet.jobtype.inference.fleet.FleetTester.settings;
import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.jobtype.inference.fleet.FleetTester.Network;
import io.renderfleet.jobtype.inference.fleet.FleetTester.Worker;
import io.renderfleet.jobtype.inference.keys.CallNeed;
import io.renderfleet.jobtype.inference.keys.CallOutcome;
import io.renderfleet.jobtype.inference.keys.KeyPool.Choice;
import io.renderfleet.jobtype.inference.keys.KeyPoolSettings;
import io.renderfleet.jobtype.inference.keys.Permit;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Permits of 20 calls, shared by workers over local DynamoDB, with a clock that the tests move. */
class SharedPermitsTests {
    private static final int LIMIT = 20;
    private static final KeyPoolSettings SETTINGS = settings(concurrency(LIMIT), "a@d1", "b@d1");
    private static final List<Network> NETWORKS = List.of(Network.values());
    private static final CallNeed ANY = CallNeed.ofTokens(0);
    private static final CallOutcome SUCCESS = new CallOutcome.Succeeded(0, Duration.ofMillis(400));

    private final FleetTester fleet = new FleetTester();

    @AfterEach
    void close() {
        fleet.close();
    }

    private Worker worker(String id) {
        return fleet.worker(id, SETTINGS);
    }

    private static Optional<Permit> call(Worker worker) {
        return worker.keys.acquire(ANY) instanceof Choice.Taken(Permit permit) ? Optional.of(permit) : Optional.empty();
    }

    /** As many calls as the worker may begin; it takes a turn and asks again until the number does not grow. */
    private List<Permit> calls(Worker worker, int most) {
        List<Permit> calls = new ArrayList<>();
        for (int i = 0; i < 10 && calls.size() < most; i++) {
            for (Optional<Permit> call = call(worker);
                    call.isPresent();
                    call = calls.size() < most ? call(worker) : Optional.empty()) {
                calls.add(call.get());
            }
            fleet.pass(FleetTester.TURN, worker);
        }
        return calls;
    }

    private void assertItem() {
        PermitItem item = fleet.permits(D1);
        assertThat(item.free()).isNotNegative();
        assertThat(item.free()
                        + item.holders().values().stream()
                                .mapToInt(Holding::permits)
                                .sum())
                .isEqualTo(item.total());
        assertThat(item.freeRate()
                        + item.holders().values().stream()
                                .mapToInt(Holding::rate)
                                .sum())
                .isEqualTo(Holding.ALL);
    }

    @Test
    void aWorkerWithoutCallsReadsAndWritesNothingAboutPermits() {
        fleet.pass(Duration.ofSeconds(30), worker("w1"));

        assertThat(fleet.all()).isEmpty();
    }

    @Test
    void aWorkerHasPermitsInTheTurnAfterItsFirstCall() {
        Worker worker = worker("w1");

        assertThat(call(worker)).isEmpty();
        fleet.pass(FleetTester.TURN, worker);

        assertThat(call(worker)).isPresent();
        assertItem();
    }

    @Test
    void aWorkerAloneHasAllPermitsAndNoMore() {
        assertThat(calls(worker("w1"), 100)).hasSize(LIMIT);
        assertItem();
    }

    @Test
    void aWorkerThatWaitsForOnePermitHasItWithinASecondThoughSiblingsHoldAll() {
        Worker first = worker("w1");
        calls(first, 100).forEach(permit -> permit.end(SUCCESS));
        assertThat(first.shared.permits(D1)).isEqualTo(LIMIT);
        Worker second = worker("w2");
        Instant asked = fleet.clock.instant();

        while (call(second).isEmpty()) {
            assertThat(Duration.between(asked, fleet.clock.instant())).isLessThan(Duration.ofMillis(1500));
            fleet.pass(FleetTester.TURN, first, second);
        }

        assertItem();
    }

    @Test
    void aWorkerThatUsesAllGivesTheShareOfAnotherOneBackAsItsCallsEnd() {
        Worker first = worker("w1");
        List<Permit> calls = calls(first, LIMIT);
        Worker second = worker("w2");
        for (int i = 0; i < LIMIT; i++) {
            assertThat(call(second)).isEmpty();
        }
        fleet.pass(Duration.ofSeconds(1), second, first);
        assertThat(call(second)).isEmpty();

        calls.forEach(permit -> permit.end(SUCCESS));
        fleet.pass(Duration.ofSeconds(2), first, second);

        assertThat(second.shared.permits(D1)).isEqualTo(LIMIT / 2);
        assertThat(first.shared.permits(D1)).isEqualTo(LIMIT / 2);
        assertItem();
    }

    @Test
    void unusedPermitsAreGivenBackAfterAWhile() {
        Worker worker = worker("w1");
        calls(worker, LIMIT).forEach(permit -> permit.end(SUCCESS));

        fleet.pass(Duration.ofSeconds(25), worker);
        assertThat(fleet.permits(D1).free()).isEqualTo(LIMIT);

        fleet.pass(Duration.ofSeconds(60), worker);
        assertThat(fleet.permits(D1).holders()).isEmpty();
        assertItem();
    }

    @Test
    void thePermitsOfAKilledWorkerAreBackWithin30Seconds() {
        Worker killed = worker("w1");
        Worker other = worker("w2");
        assertThat(calls(killed, LIMIT)).hasSize(LIMIT);
        fleet.pass(Duration.ofSeconds(12), killed);
        Instant end = fleet.clock.instant().plusSeconds(30);

        while (fleet.clock.instant().isBefore(end)) {
            assertThat(call(other)).isEmpty();
            if (fleet.clock.instant().isBefore(end.minusSeconds(2).minus(Duration.ofSeconds(12)))) {
                fleet.pass(Duration.ofSeconds(1), other);
            } else {
                break;
            }
        }
        fleet.pass(Duration.between(fleet.clock.instant(), end), other);

        assertThat(calls(other, LIMIT)).hasSize(LIMIT);
        assertItem();
    }

    @Test
    void aWorkerThatWasPausedBeginsNoCallAfterItsLease() {
        Worker paused = worker("w1");
        calls(paused, 5).forEach(permit -> permit.end(SUCCESS));
        assertThat(call(paused)).isPresent();

        fleet.clock.advance(Timing.of(Duration.ofSeconds(10)).lease().minusSeconds(15));
        assertThat(call(paused)).isEmpty();

        fleet.pass(FleetTester.TURN.multipliedBy(3), paused);
        assertThat(call(paused)).isPresent();
    }

    @Test
    void withoutTheTableAWorkerStopsBeforeItsLeaseEndsAndGoesOnAfterwards() {
        Worker worker = worker("w1");
        calls(worker, 3).forEach(permit -> permit.end(SUCCESS));
        worker.network.set(Network.AWAY);

        fleet.pass(Duration.ofSeconds(5), worker);
        call(worker).orElseThrow().end(SUCCESS);
        fleet.pass(Duration.ofSeconds(9), worker);
        assertThat(call(worker)).isEmpty();
        fleet.pass(FleetTester.TURN, worker);
        assertThat(worker.keys.closedUntil()).isPresent();

        worker.network.set(Network.WORKS);
        fleet.pass(Duration.ofSeconds(1), worker);
        assertThat(call(worker)).isPresent();
        assertItem();
    }

    @Test
    void aLowerLimitAfterADeploymentIsReachedAndTheHigherOneAfterTheNext() {
        Worker old = worker("w1");
        List<Permit> calls = calls(old, LIMIT);
        Worker lower = fleet.worker("w2", settings(concurrency(8), "a@d1", "b@d1"));
        assertThat(call(lower)).isEmpty();
        fleet.pass(Duration.ofSeconds(1), lower, old);
        assertThat(call(lower)).isEmpty();
        assertThat(fleet.permits(D1).total()).isEqualTo(8);

        calls.subList(0, 13).forEach(permit -> permit.end(SUCCESS));
        fleet.pass(Duration.ofSeconds(1), lower, old);
        assertThat(call(lower)).isPresent();
        calls.subList(13, LIMIT).forEach(permit -> permit.end(SUCCESS));
        fleet.pass(Duration.ofSeconds(1), lower, old);
        assertThat(fleet.permits(D1).free()).isNotNegative();

        // Now only workers with the higher limit are left.
        fleet.pass(Duration.ofSeconds(40), old);
        assertThat(calls(old, 100)).hasSize(LIMIT);
        assertItem();
    }

    /** A call that the provider makes, whatever has become of the worker. */
    private record Running(int worker, Permit permit, Instant end) {}

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void noMoreCallsThanTheLimitRunWhileWorkersAreKilledPausedAndCutOff(long seed) {
        var random = new Random(seed);
        List<Worker> workers = new ArrayList<>();
        List<Instant> asleepUntil = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            workers.add(worker("w" + i));
            asleepUntil.add(Instant.MIN);
        }
        List<Running> running = new ArrayList<>();
        int most = 0;
        long made = 0;
        for (int step = 0; step < 1500; step++) {
            fleet.clock.advance(FleetTester.TURN);
            Instant now = fleet.clock.instant();
            for (Running call : List.copyOf(running)) {
                if (!call.end().isAfter(now)) {
                    running.remove(call);
                    call.permit().end(SUCCESS);
                }
            }
            for (int i = 0; i < workers.size(); i++) {
                if (asleepUntil.get(i).isAfter(now)) {
                    continue;
                }
                Worker worker = workers.get(i);
                int wanted = random.nextInt(12);
                for (int n = 0; n < wanted; n++) {
                    Optional<Permit> call = call(worker);
                    if (call.isPresent()) {
                        made++;
                        running.add(new Running(
                                i, call.get(), now.plusMillis(random.nextInt(10) == 0 ? 10_000 : random.nextInt(900))));
                    }
                }
                most = Math.max(most, running.size());
                worker.shared.turn();
                if (random.nextInt(200) == 0) {
                    // Killed: its calls go on at the provider, and a new process takes its place.
                    workers.set(i, worker("w" + step + "-" + i));
                } else if (random.nextInt(200) == 0) {
                    asleepUntil.set(i, now.plusSeconds(random.nextInt(60)));
                } else if (random.nextInt(20) == 0) {
                    worker.network.set(NETWORKS.get(random.nextInt(NETWORKS.size())));
                } else if (random.nextInt(10) == 0) {
                    worker.network.set(Network.WORKS);
                }
            }
            assertThat(running.size()).as("step " + step).isLessThanOrEqualTo(LIMIT);
        }
        assertThat(most).isGreaterThan(LIMIT / 2);
        assertThat(made).isGreaterThan(1000);
        // After a while without faults, every permit is accounted for.
        workers.forEach(worker -> worker.network.set(Network.WORKS));
        fleet.pass(Duration.ofSeconds(40), workers.toArray(Worker[]::new));
        assertItem();
    }
}
