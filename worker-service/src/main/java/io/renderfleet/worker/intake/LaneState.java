package io.renderfleet.worker.intake;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Whether one lane's queue is expected to have messages, derived from earlier receives. Times are measured from the
 * intake's start.
 *
 * <p>A short receive queries only some of the servers of SQS and may miss the messages of a nearly empty queue. After
 * an empty short receive the lane is therefore checked again soon, then at growing intervals up to {@link #RECHECK}. An
 * empty long poll queries all servers and is trusted at once.
 *
 * <p>Not thread-safe.
 */
final class LaneState {
    /** How often a lane without work is checked while other lanes keep the slots busy. */
    static final Duration RECHECK = Duration.ofSeconds(5);

    private static final Duration FIRST_RECHECK = Duration.ofMillis(500);
    /** The number of empty short receives after which the interval no longer grows. */
    private static final int MAX_EMPTY = 10;

    private static final Duration FIRST_BACKOFF = Duration.ofSeconds(1);
    private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(10);

    private boolean listening;
    private int asking;
    private boolean work;
    private int emptyReceives = MAX_EMPTY;
    private Duration recheckAt = Duration.ZERO;
    private int failures;
    private Duration notBefore = Duration.ZERO;

    /** Whether a short receive may return messages. */
    boolean isWorthAsking(Duration now) {
        if (listening || isBackingOff(now)) {
            return false;
        }
        return work || (asking == 0 && now.compareTo(recheckAt) >= 0);
    }

    /** Whether a long poll can be opened. */
    boolean isWorthListeningTo(Duration now) {
        return !listening && asking == 0 && !isBackingOff(now);
    }

    private boolean isBackingOff(Duration now) {
        return now.compareTo(notBefore) < 0;
    }

    /** The time from which the queue may be called again; in the past unless the last call failed. */
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

    void answered(Receive receive, boolean hasMessages, Duration now) {
        returned(receive);
        failures = 0;
        work = hasMessages;
        if (hasMessages) {
            emptyReceives = 0;
        } else {
            emptyReceives = receive.waits() ? MAX_EMPTY : Math.min(MAX_EMPTY, emptyReceives + 1);
            Duration interval = FIRST_RECHECK.multipliedBy(1L << (emptyReceives - 1));
            recheckAt = now.plus(interval.compareTo(RECHECK) < 0 ? interval : RECHECK);
        }
    }

    void failed(Receive receive, Duration now, RandomGenerator random) {
        returned(receive);
        failures++;
        Duration bound = FIRST_BACKOFF.multipliedBy(1L << Math.min(failures - 1, MAX_EMPTY));
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
