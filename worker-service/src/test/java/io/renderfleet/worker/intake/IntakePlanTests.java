package io.renderfleet.worker.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.queue.Lane;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What an intake asks for, in time that a test moves. */
class IntakePlanTests {
    private static final Duration LONG_POLL = Duration.ofSeconds(20);

    private Duration now = Duration.ZERO;
    private IntakePlan plan = plan(2);

    private static IntakePlan plan(int slots) {
        return new IntakePlan(
                new IntakeSettings.Weights(70, 25, 5, 25).of(List.of(Lane.values())), slots, new Random(1));
    }

    private static Receive ask(Lane lane, int max) {
        return new Receive(lane, max, false);
    }

    private static Receive poll(Lane lane, int max) {
        return new Receive(lane, max, true);
    }

    /** Answers all of these with nothing. */
    private void empty(List<Receive> receives) {
        receives.forEach(receive -> assertThat(plan.answered(receive, 0, now)).isZero());
    }

    @Test
    void anIdleWorkerHasOneLongPollOpenPerLane() {
        assertThat(plan.next(now))
                .containsExactly(poll(Lane.HIGH, 2), poll(Lane.NORMAL, 2), poll(Lane.LOW, 2), poll(Lane.ORDERED, 1));
        assertThat(plan.next(now)).isEmpty();
    }

    @Test
    void anIdleWorkerMakesTwelveCallsAMinute() {
        int calls = 0;
        while (now.compareTo(Duration.ofMinutes(1)) < 0) {
            List<Receive> polls = plan.next(now);
            calls += polls.size();
            now = now.plus(LONG_POLL);
            empty(polls);
        }
        assertThat(calls).isEqualTo(12);
    }

    @Test
    void workThatArrivesCostsOneShortProbeMore() {
        plan.next(now);
        assertThat(plan.answered(poll(Lane.LOW, 2), 1, now)).isEqualTo(1);
        List<Receive> probe = plan.next(now);
        assertThat(probe).containsExactly(ask(Lane.LOW, 1));
        empty(probe);
        assertThat(plan.next(now)).containsExactly(poll(Lane.LOW, 1));
    }

    @Test
    void aBusyWorkerAsksForNothing() {
        plan.next(now);
        assertThat(plan.answered(poll(Lane.NORMAL, 2), 2, now)).isEqualTo(2);
        assertThat(plan.next(now)).isEmpty();
        assertThat(plan.idleFor(now)).isGreaterThan(Duration.ofHours(1));
    }

    @Test
    void aSlotThatGetsFreeIsFilledWithOneCall() {
        plan.next(now);
        plan.answered(poll(Lane.NORMAL, 2), 2, now);
        for (int job = 0; job < 100; job++) {
            plan.slotFreed();
            assertThat(plan.next(now)).containsExactly(ask(Lane.NORMAL, 1));
            plan.answered(ask(Lane.NORMAL, 1), 1, now);
        }
    }

    @Test
    void lanesWithoutWorkAreLookedAtEveryFiveSecondsWhileAnotherHasSome() {
        List<Receive> polls = plan.next(now);
        now = now.plus(LONG_POLL);
        empty(polls);
        plan.next(now);
        empty(List.of(poll(Lane.HIGH, 2), poll(Lane.LOW, 2), poll(Lane.ORDERED, 1)));
        plan.answered(poll(Lane.NORMAL, 2), 2, now);

        List<Receive> calls = new ArrayList<>();
        Duration end = now.plusSeconds(60);
        while (now.compareTo(end) < 0) {
            now = now.plusMillis(100);
            plan.slotFreed();
            for (List<Receive> next = plan.next(now); !next.isEmpty(); next = plan.next(now)) {
                calls.addAll(next);
                next.forEach(receive -> plan.answered(receive, receive.lane() == Lane.NORMAL ? 1 : 0, now));
            }
        }
        assertThat(calls).filteredOn(call -> call.lane() == Lane.NORMAL).hasSize(600);
        assertThat(calls)
                .filteredOn(call -> call.lane() != Lane.NORMAL)
                .allMatch(call -> !call.waits())
                .hasSizeBetween(3 * 11, 3 * 12);
    }

    @Test
    void anEmptyShortAnswerIsDoubtedBeforeItIsBelieved() {
        plan.next(now);
        plan.answered(poll(Lane.NORMAL, 2), 2, now);
        plan.answered(poll(Lane.HIGH, 2), 1, now);
        plan.slotFreed();
        assertThat(plan.next(now)).containsExactly(ask(Lane.HIGH, 1));
        empty(List.of(ask(Lane.HIGH, 1)));
        assertThat(plan.next(now)).containsExactly(ask(Lane.NORMAL, 1));
        plan.answered(ask(Lane.NORMAL, 1), 1, now);

        now = now.plusMillis(500);
        plan.slotFreed();
        assertThat(plan.next(now)).containsExactly(ask(Lane.HIGH, 1));
    }

    @Test
    void aLongPollsSurplusFindsASlotWhenACallComesBackEmpty() {
        plan.next(now);
        plan.answered(poll(Lane.NORMAL, 2), 1, now);
        assertThat(plan.next(now)).containsExactly(ask(Lane.NORMAL, 1));
        assertThat(plan.answered(poll(Lane.HIGH, 2), 2, now)).isZero();
        assertThat(plan.isAsking()).isTrue();
        empty(List.of(ask(Lane.NORMAL, 1)));
        assertThat(plan.takeSlot(Lane.HIGH)).isTrue();
        assertThat(plan.takeSlot(Lane.HIGH)).isFalse();
    }

    @Test
    void callsAtTheSameTimeKeepTheShares() {
        plan = plan(100);
        plan.next(now);
        for (Lane lane : Set.of(Lane.HIGH, Lane.NORMAL, Lane.LOW)) {
            plan.answered(poll(lane, 10), 10, now);
        }
        // All slots are free again at once, before any call is answered.
        for (int i = 0; i < 30; i++) {
            plan.slotFreed();
        }
        List<Receive> calls = plan.next(now);
        assertThat(calls.stream().mapToInt(Receive::max).sum()).isEqualTo(100);
        assertThat(calls)
                .filteredOn(call -> call.lane() == Lane.HIGH)
                .extracting(Receive::max)
                .satisfies(asked ->
                        assertThat(asked.stream().mapToInt(i -> i).sum()).isBetween(50, 80));
    }

    @Test
    void aFailingLaneBacksOffAlone() {
        plan.next(now);
        plan.failed(poll(Lane.HIGH, 2), now);
        assertThat(plan.next(now)).isEmpty();
        assertThat(plan.idleFor(now)).isBetween(Duration.ofMillis(500), Duration.ofSeconds(1));
        empty(List.of(poll(Lane.LOW, 2)));
        assertThat(plan.next(now)).containsExactly(poll(Lane.LOW, 2));
        now = now.plusSeconds(1);
        assertThat(plan.next(now)).containsExactly(poll(Lane.HIGH, 2));
    }

    @Test
    void aLaneThatKeepsFailingIsPolledLessAndLessOften() {
        int calls = 0;
        plan.next(now);
        plan.failed(poll(Lane.HIGH, 2), now);
        while (now.compareTo(Duration.ofMinutes(2)) < 0) {
            now = now.plus(plan.idleFor(now));
            for (Receive call : plan.next(now)) {
                plan.failed(call, now);
                calls++;
            }
        }
        assertThat(calls).isBetween(13, 30);
    }

    @Test
    void aPausedIntakeAsksForNothingAndTakesNothing() {
        plan.pause(Duration.ofSeconds(10), true);
        assertThat(plan.next(now)).isEmpty();
        assertThat(plan.closedFor(now)).contains(Duration.ofSeconds(10));
        assertThat(plan.idleFor(now)).isEqualTo(Duration.ofSeconds(10));
        now = Duration.ofSeconds(10);
        assertThat(plan.closedFor(now)).isEmpty();
        assertThat(plan.next(now)).hasSize(4);
    }

    @Test
    void aClosedIntakeAsksForNothingUntilItIsOpened() {
        plan.close(true);
        assertThat(plan.next(now)).isEmpty();
        assertThat(plan.closedFor(now)).contains(Duration.ZERO);
        plan.close(false);
        assertThat(plan.next(now)).hasSize(4);
    }

    @Test
    void neverAsksForMoreThanABatch() {
        plan = plan(64);
        assertThat(plan.next(now)).extracting(Receive::max).containsExactly(10, 10, 10, 1);
    }
}
