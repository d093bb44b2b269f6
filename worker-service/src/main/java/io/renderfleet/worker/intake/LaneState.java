package io.renderfleet.worker.intake;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * What is believed of one lane's queue, from what it answered. Times are since the intake's start.
 *
 * <p>A short receive asks only some of SQS's servers and may miss the messages of a nearly empty queue, so one that
 * comes back empty is doubted: the lane is looked at again soon, then less and less often. Only a long poll, which asks
 * all servers, is believed at once.
 *
 * <p>Not thread-safe.
 */
final class LaneOutlook {
    /** How often a lane without work is looked at while others keep the slots busy. */
    static final Duration LOOK = Duration.ofSeconds(5);

    private static final Duration FIRST_LOOK = Duration.ofMillis(500);
    private static final int SURE = 10;
    private static final Duration FIRST_BACKOFF = Duration.ofSeconds(1);
    private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(10);

    private boolean listening;
    private int asking;
    private boolean work;
    private int emptyAnswers = SURE;
    private Duration lookAt = Duration.ZERO;
    private int failures;
    private Duration notBefore = Duration.ZERO;

    /** Whether a short receive may bring something. */
    boolean isWorthAsking(Duration now) {
        if (listening || isBackingOff(now)) {
            return false;
        }
        return work || (asking == 0 && now.compareTo(lookAt) >= 0);
    }

    /** Whether a long poll is what is left to do about it. */
    boolean isWorthListeningTo(Duration now) {
        return !listening && asking == 0 && !isBackingOff(now);
    }

    private boolean isBackingOff(Duration now) {
        return now.compareTo(notBefore) < 0;
    }

    /** When its queue may be called again; in the past unless it failed. */
    Duration notBefore() {
        return notBefore;
    }

    boolean hasWork() {
        return work;
    }

    boolean isAsking() {
        return asking > 0;
    }

    boolean isListening() {
        return listening;
    }

    void asked(Receive receive) {
        if (receive.waits()) {
            listening = true;
        } else {
            asking++;
        }
    }

    void answered(Receive receive, boolean something, Duration now) {
        returned(receive);
        failures = 0;
        work = something;
        if (something) {
            emptyAnswers = 0;
        } else {
            emptyAnswers = receive.waits() ? SURE : Math.min(SURE, emptyAnswers + 1);
            Duration soon = FIRST_LOOK.multipliedBy(1L << (emptyAnswers - 1));
            lookAt = now.plus(soon.compareTo(LOOK) < 0 ? soon : LOOK);
        }
    }

    void failed(Receive receive, Duration now, RandomGenerator random) {
        returned(receive);
        failures++;
        Duration bound = FIRST_BACKOFF.multipliedBy(1L << Math.min(failures - 1, SURE));
        long most = Math.min(bound.toMillis(), LONGEST_BACKOFF.toMillis());
        notBefore = now.plusMillis(random.nextLong(most / 2, most + 1));
    }

    private void returned(Receive receive) {
        if (receive.waits()) {
            listening = false;
        } else {
            asking--;
        }
    }
}
