package io.renderfleet.chaos;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Time since the start of the run, by which the plan is kept. Thread-safe. */
final class RunClock {
    private final long begun = System.nanoTime();

    Duration now() {
        return Duration.ofNanos(System.nanoTime() - begun);
    }

    /** {@link System#nanoTime} of that moment of the run. */
    long nanosAt(Duration at) {
        return begun + at.toNanos();
    }

    /** Returns at once when it is later already. */
    void sleepUntil(Duration at) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(at.minus(now()).toNanos());
    }

    void sleep(Duration duration) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(duration.toNanos());
    }
}
