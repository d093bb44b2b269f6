package io.renderfleet.jobtype.inference.keys;

import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The time in which a domain or key is not used, and the call after it that tests it. While that call is in progress,
 * others wait for it. If its outcome says nothing about the limit, the next call is the test.
 *
 * <p>Guarded by the lock of the pool.
 */
final class Recovery {
    /** A test call that did not end in this time no longer keeps others waiting. */
    private static final long LONGEST_PROBE = TimeUnit.SECONDS.toNanos(60);

    private final PoolTime time;
    private final LongSupplier callInProgress;
    private @Nullable Instant until;
    private boolean testDue;
    private @Nullable Permit probe;
    private long probeBegan;
    private long calls;
    /** Whether only one process may make the test call, and since when this one may. */
    private boolean shared;

    private Instant mayTestUntil = Instant.MIN;

    /** @param callInProgress how long to wait for a call in progress, in nanoseconds, above 0 */
    Recovery(PoolTime time, LongSupplier callInProgress) {
        this.time = time;
        this.callInProgress = callInProgress;
    }

    /**
     * Allows no calls until then. The end only moves forward.
     *
     * @param lastCall the number of the latest call of the pool; the outcomes of earlier calls are older than this news
     * @return whether the end has moved
     */
    boolean closeUntil(Instant end, long lastCall) {
        testDue = true;
        probe = null;
        calls = lastCall;
        mayTestUntil = Instant.MIN;
        if (until != null && !end.isAfter(until)) {
            return false;
        }
        until = end;
        return true;
    }

    /** Whether the call began before the closing, so that its outcome says nothing new. */
    boolean isOlder(CallPermit call) {
        return call.number() <= calls;
    }

    boolean isTestedBy(CallPermit call) {
        return call.equals(probe);
    }

    /** The end if it lies ahead, otherwise null. */
    @Nullable
    Instant until() {
        return until != null && until.isAfter(time.now()) ? until : null;
    }

    /** Whether the time is over and no call has shown that the limit is, too. */
    boolean isProbing() {
        return testDue && until() == null;
    }

    /** The nanoseconds until the end, or the time for which calls in progress are waited for, 0 if a call is possible. */
    long waitNanos() {
        if (until != null && until() != null) {
            return time.nanosUntil(until);
        }
        return isTesting() || needsGrant() ? callInProgress.getAsLong() : 0;
    }

    private boolean isTesting() {
        return probe != null && time.currentTimeNanos() - probeBegan < LONGEST_PROBE;
    }

    /** From now on, the test call needs a {@link #grant}. */
    void share() {
        shared = true;
    }

    /** Whether a test call is due that another process may be making. */
    boolean needsGrant() {
        return shared && isProbing() && !isTesting() && !mayTestUntil.isAfter(time.now());
    }

    /** Allows a test call that begins before then. */
    void grant(Instant startBefore) {
        mayTestUntil = startBefore;
    }

    void began(CallPermit call) {
        if (testDue) {
            probe = call;
            probeBegan = time.currentTimeNanos();
        }
    }

    /** The call ended without news about the limit. */
    void inconclusive(CallPermit call) {
        if (isTestedBy(call)) {
            probe = null;
        }
    }

    /** The call succeeded. Returns whether that ends the recovery. */
    boolean succeeded(CallPermit call) {
        if (!testDue || isOlder(call)) {
            return false;
        }
        reopen();
        return true;
    }

    void reopen() {
        until = null;
        testDue = false;
        probe = null;
    }
}
