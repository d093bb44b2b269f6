package io.renderfleet.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;

/**
 * The time in which an input has to be read: two seconds of processor time, whatever else the machine does. The first
 * inputs are exempt, because they load the classes. The fuzzer itself ends an input that waits for longer.
 */
public final class TimeLimit {
    private static final Duration LIMIT = Duration.ofSeconds(2);
    private static final int EXEMPT = 20;

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private static int inputs;

    /** What a target does with an input. */
    @FunctionalInterface
    public interface Reading<E extends Exception> {
        void run() throws E;
    }

    private TimeLimit() {}

    /** Reads an input; {@link AssertionError} if it took too long. */
    public static <E extends Exception> void check(Reading<E> reading) throws E {
        long before = THREADS.getCurrentThreadCpuTime();
        reading.run();
        long taken = THREADS.getCurrentThreadCpuTime() - before;
        if (++inputs > EXEMPT) {
            assertThat(Duration.ofNanos(taken)).isLessThan(LIMIT);
        }
    }
}
