package io.renderfleet.worker.execution;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides how long to pause when the job store does not respond. Without the store no job can be claimed, so no
 * messages are received meanwhile. The bound of the pause doubles with each failed try, up to one minute.
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
     * Records a failed call.
     *
     * @return how long to make no more calls. Calls that began before the pause and fail during it do not extend it.
     */
    synchronized Duration failed(Throwable failure) {
        Instant now = clock.instant();
        if (!now.isBefore(until)) {
            if (failures == 0) {
                log.warn(
                        "The job store does not respond; pausing between 2 and 60 seconds before each new try: {}",
                        failure.toString());
            }
            until = now.plus(BACKOFF.delay(failures, random));
            failures++;
        }
        Duration left = Duration.between(now, until);
        return left.compareTo(BACKOFF.longest()) < 0 ? left : BACKOFF.longest();
    }

    /** Records a successful call. */
    synchronized void succeeded() {
        if (failures > 0) {
            log.info("The job store responds again");
            failures = 0;
            until = Instant.MIN;
        }
    }
}
