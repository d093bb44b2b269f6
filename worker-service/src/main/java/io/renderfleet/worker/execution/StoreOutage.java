package io.renderfleet.worker.execution;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the job store answers. While it does not, no message can be worked on, and there is nothing to be had from
 * receiving more: the longer it is away, the longer is each pause between two tries.
 *
 * <p>Thread-safe.
 */
final class StoreOutage {
    private static final Backoff BACKOFF =
            new Backoff(Duration.ofSeconds(2), Duration.ofSeconds(5), Duration.ofMinutes(1));
    private static final Logger log = LoggerFactory.getLogger(StoreOutage.class);

    private final Clock clock;
    private final RandomGenerator random;
    private int failures;
    private Instant until = Instant.MIN;

    StoreOutage(Clock clock, RandomGenerator random) {
        this.clock = clock;
        this.random = random;
    }

    /**
     * A call failed.
     *
     * @return for how long to make no other; calls that fail in the meantime were under way and make it no longer
     */
    synchronized Duration failed(Throwable failure) {
        Instant now = clock.instant();
        if (!now.isBefore(until)) {
            if (failures == 0) {
                log.warn("The job store does not answer, pausing until it does: {}", failure.toString());
            }
            until = now.plus(BACKOFF.delay(failures, random));
            failures++;
        }
        Duration left = Duration.between(now, until);
        return left.compareTo(BACKOFF.longest()) < 0 ? left : BACKOFF.longest();
    }

    /** A call was answered. */
    synchronized void over() {
        if (failures > 0) {
            log.info("The job store answers again");
            failures = 0;
            until = Instant.MIN;
        }
    }
}
