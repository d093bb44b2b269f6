package io.renderfleet.worker.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.renderfleet.queue.Lane;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.NotEmpty;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class LaneSchedulerTests {
    private static final Map<Lane, Integer> WEIGHTS =
            new IntakeSettings.Weights(70, 25, 5, 25).of(List.of(Lane.values()));

    /** Drives a scheduler and counts what each lane took. */
    private static final class Driven {
        private final Map<Lane, Integer> taken = new EnumMap<>(Lane.class);
        private LaneScheduler scheduler;

        Driven(Map<Lane, Integer> weights) {
            scheduler = LaneScheduler.of(weights);
        }

        Lane turn(Set<Lane> ready, int messages) {
            LaneScheduler.Turn turn = scheduler.next(ready);
            scheduler = turn.then().charged(turn.lane(), messages);
            taken.merge(turn.lane(), messages, Integer::sum);
            return turn.lane();
        }

        int taken(Lane lane) {
            return taken.getOrDefault(lane, 0);
        }
    }

    @Test
    void sharesAreExactAmongLanesThatAlwaysHaveWork() {
        Driven driven = new Driven(WEIGHTS);
        for (int i = 0; i < 1000; i++) {
            driven.turn(EnumSet.of(Lane.HIGH, Lane.NORMAL, Lane.LOW), 1);
        }
        assertThat(driven.taken(Lane.HIGH)).isCloseTo(700, within(2));
        assertThat(driven.taken(Lane.NORMAL)).isCloseTo(250, within(2));
        assertThat(driven.taken(Lane.LOW)).isCloseTo(50, within(2));
    }

    @Property(tries = 200)
    void everyReadyLaneGetsItsShareWhateverTheWeightsAndBatches(
            @ForAll @Size(4) List<@IntRange(min = 1, max = 1000) Integer> weights,
            @ForAll @NotEmpty Set<Lane> ready,
            @ForAll @IntRange(min = 1, max = 10) int mostAtOnce,
            @ForAll long seed) {
        Map<Lane, Integer> byLane = new IntakeSettings.Weights(
                        weights.get(0), weights.get(1), weights.get(2), weights.get(3))
                .of(List.of(Lane.values()));
        Driven driven = new Driven(byLane);
        Random random = new Random(seed);
        int messages = 0;
        while (messages < 20_000) {
            int batch = random.nextInt(1, mostAtOnce + 1);
            driven.turn(ready, batch);
            messages += batch;
        }
        double all = ready.stream().mapToInt(byLane::get).sum();
        for (Lane lane : ready) {
            double share = messages * byLane.getOrDefault(lane, 0) / all;
            // A lane is off by a batch of its own at most, and by its part of a batch of each other lane.
            assertThat((double) driven.taken(lane)).isCloseTo(share, within(1 + mostAtOnce * 4.0 + share / 100));
        }
    }

    @Property(tries = 200)
    void noLaneStarvesWhateverTheOthersDo(@ForAll Lane patient, @ForAll long seed) {
        Driven driven = new Driven(WEIGHTS);
        Random random = new Random(seed);
        int waited = 0;
        int longest = 0;
        for (int i = 0; i < 5_000; i++) {
            Set<Lane> ready = EnumSet.of(patient);
            for (Lane lane : Lane.values()) {
                if (random.nextBoolean()) {
                    ready.add(lane);
                }
            }
            waited = driven.turn(ready, 1) == patient ? 0 : waited + 1;
            longest = Math.max(longest, waited);
        }
        // Between two turns of a lane the others move by its stride, and each that just woke up once more.
        int weight = WEIGHTS.getOrDefault(patient, 0);
        assertThat(longest).isLessThanOrEqualTo((125 - weight) / weight + 2 * Lane.values().length);
    }

    @Property(tries = 100)
    void aLaneThatSleptHasNoCredit(@ForAll @IntRange(min = 1, max = 5_000) int slept) {
        Driven driven = new Driven(WEIGHTS);
        for (int i = 0; i < slept; i++) {
            driven.turn(EnumSet.of(Lane.NORMAL), 1);
        }
        Driven after = new Driven(WEIGHTS);
        after.scheduler = driven.scheduler;
        for (int i = 0; i < 95; i++) {
            after.turn(EnumSet.of(Lane.HIGH, Lane.NORMAL), 1);
        }
        assertThat(after.taken(Lane.HIGH)).isCloseTo(70, within(2));
    }

    @Test
    void aLaneThatWakesUpIsSoonAsked() {
        Driven driven = new Driven(WEIGHTS);
        for (int i = 0; i < 1000; i++) {
            driven.turn(EnumSet.of(Lane.HIGH), 10);
        }
        Set<Lane> ready = EnumSet.of(Lane.HIGH, Lane.LOW);
        assertThat(List.of(driven.turn(ready, 1), driven.turn(ready, 1))).contains(Lane.LOW);
    }

    @Test
    void anUnusedReservationIsReturned() {
        LaneScheduler before =
                LaneScheduler.of(WEIGHTS).next(EnumSet.of(Lane.LOW)).then();
        assertThat(before.charged(Lane.LOW, 10).charged(Lane.LOW, -10)).isEqualTo(before);
        assertThat(before.charged(Lane.LOW, 0)).isSameAs(before);
    }

    @Test
    void thereIsNoTurnWithoutALane() {
        LaneScheduler scheduler = LaneScheduler.of(WEIGHTS);
        assertThatIllegalArgumentException().isThrownBy(() -> scheduler.next(Set.of()));
    }
}
