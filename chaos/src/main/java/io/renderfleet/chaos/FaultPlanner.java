package io.renderfleet.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * Draws the faults of a plan. Each process and each region has one fault at a time, with a pause after it in which it
 * can do work; faults of different processes and regions are independent and may overlap. Pure, except that it advances
 * the random generator.
 */
final class FaultPlanner {
    private static final double PAUSED_RATHER_THAN_KILLED = 0.4;
    private static final double PAUSED_LONG = 0.3;
    private static final double SILENT = 0.4;
    private static final double OLD = 0.3;
    private static final double TO_MASTER = 0.4;
    private static final int JOBS_PER_DUPLICATE = 4;
    private static final int JOBS_PER_CANCEL = 12;
    private static final int JOBS_PER_RETRY = 20;

    private static final Range DOWN = new Range(300, 4_000);
    /** The lease is 6 s. */
    private static final Range PAUSED = new Range(8_000, 12_000);
    /** The lease of the permits of inference jobs is 28 s, with calls of at most 10 s. */
    private static final Range LONG_PAUSED = new Range(30_000, 36_000);

    private static final Range CUT = new Range(4_000, 12_000);

    private final RandomGenerator random;
    private final Duration length;

    /** Both bounds are inclusive and in milliseconds. */
    private record Range(int least, int most) {}

    FaultPlanner(RandomGenerator random, Duration length) {
        this.random = random;
        this.length = length;
    }

    List<Fault> faults(int jobs) {
        List<Fault> all = new ArrayList<>();
        for (int worker = 0; worker < ChaosFleet.REGIONS.size(); worker++) {
            int which = worker;
            all.addAll(again(new Range(4_000, 16_000), new Range(12_000, 30_000), (at, _) -> worker(at, which)));
        }
        for (int distributor = 0; distributor < ChaosFleet.DISTRIBUTORS; distributor++) {
            int which = distributor;
            all.addAll(again(
                    new Range(6_000, 25_000),
                    new Range(20_000, 45_000),
                    (at, down) -> new Timed(new Fault.KillDistributor(at, which, down), down)));
        }
        all.addAll(again(
                new Range(12_000, 30_000),
                new Range(30_000, 60_000),
                (at, down) -> new Timed(new Fault.KillApi(at, down), down)));
        for (int region = 0; region < ChaosFleet.REGIONS.size(); region++) {
            int which = region;
            all.addAll(again(new Range(5_000, 30_000), new Range(25_000, 50_000), (at, _) -> cut(at, which)));
        }
        all.addAll(some(
                jobs / JOBS_PER_DUPLICATE,
                at -> new Fault.Duplicate(
                        at, random.nextDouble(), random.nextDouble() < OLD, random.nextDouble() < TO_MASTER)));
        all.addAll(some(jobs / JOBS_PER_CANCEL, at -> new Fault.Cancel(at, random.nextDouble())));
        all.addAll(some(jobs / JOBS_PER_RETRY, at -> new Fault.Retry(at, random.nextDouble())));
        all.sort(Comparator.comparing(Fault::at));
        return all;
    }

    /** A fault and its duration. */
    private record Timed(Fault fault, Duration lasts) {}

    private Timed worker(Duration at, int worker) {
        if (random.nextDouble() < PAUSED_RATHER_THAN_KILLED) {
            Duration paused = draw(random.nextDouble() < PAUSED_LONG ? LONG_PAUSED : PAUSED);
            return new Timed(new Fault.PauseWorker(at, worker, paused), paused);
        }
        Duration down = draw(DOWN);
        return new Timed(new Fault.KillWorker(at, worker, down), down);
    }

    private Timed cut(Duration at, int region) {
        Duration cut = draw(CUT);
        return new Timed(new Fault.CutRegion(at, region, random.nextDouble() < SILENT, cut), cut);
    }

    /** Repeats one kind of fault; each one ends before the plan does. */
    private List<Fault> again(Range first, Range pause, BiFunction<Duration, Duration, Timed> fault) {
        List<Fault> all = new ArrayList<>();
        Duration at = draw(first);
        while (at.compareTo(length) < 0) {
            Timed next = fault.apply(at, draw(DOWN));
            Duration over = at.plus(next.lasts());
            if (over.compareTo(length) < 0) {
                all.add(next.fault());
            }
            at = over.plus(draw(pause));
        }
        return all;
    }

    private List<Fault> some(int times, Function<Duration, Fault> fault) {
        List<Fault> all = new ArrayList<>();
        for (int i = 0; i < Math.max(1, times); i++) {
            all.add(fault.apply(Duration.ofMillis(random.nextLong(length.toMillis()))));
        }
        return all;
    }

    private Duration draw(Range range) {
        return Duration.ofMillis(random.nextInt(range.least(), range.most() + 1));
    }
}
