package io.renderfleet.chaos;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The time since the start of the run. Thread-safe. */
final class RunClock {
    private final long start = System.nanoTime();

    Duration now() {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    /** The value of {@link System#nanoTime} at this time of the run. */
    long nanosAt(Duration at) {
        return start + at.toNanos();
    }

    /** Returns immediately when that time has passed. */
    void sleepUntil(Duration at) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(at.minus(now()).toNanos());
    }

    void sleep(Duration duration) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(duration.toNanos());
    }
}
