package io.renderfleet.jobtype.inference.keys;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A quota domain in this process: its calls in progress, its rates, and its cool-down. After a cool-down and a successful
 * test call, it has 25 percent of its rate and concurrency for 15 seconds, 50 percent for the next 15, and then all.
 *
 * <p>Guarded by the lock of the pool.
 */
final class QuotaDomain {
    private static final long RAMP_STEP = TimeUnit.SECONDS.toNanos(15);
    private static final double LEAST_RATE = 1.0 / 16;
    /** A halved rate grows by 5 percent of the full rate in 15 seconds: additive increase, as in TCP (RFC 5681). */
    private static final double GROWTH_PER_NANO = 0.05 / TimeUnit.SECONDS.toNanos(15);

    /** How soon an allowance that was not renewed in time may be renewed. */
    private static final long ALLOWANCE_OVER = TimeUnit.SECONDS.toNanos(2);

    /** How soon a process that asks for an allowance may have one. */
    private static final long ALLOWANCE_WAIT = TimeUnit.MILLISECONDS.toNanos(250);

    private static final Duration USUAL_LATENCY = Duration.ofMillis(500);
    private static final Duration SHORTEST_CHECK = Duration.ofMillis(50);
    private static final Duration LONGEST_CHECK = Duration.ofSeconds(5);

    final DomainName name;
    final Recovery recovery;

    private final PoolTime time;
    private final RandomGenerator random;
    private final RateBudget budget;
    private final CallWindow window;
    private final int concurrency;
    private Allowance allowance;
    private int inUse;
    private int mostInUse;
    private int refused;
    private boolean wantsProbe;
    /** The end of the latest cool-down that this process knows, over or not. */
    private Instant latestEnd = Instant.MIN;

    private int trips;
    private Duration coolDown = Duration.ZERO;
    private String why = "";
    private @Nullable Long rampBegan;
    private double throttle = 1;
    private long throttledAt;
    private long throttledCalls;

    QuotaDomain(DomainName name, KeyPoolSettings.DomainLimits limits, PoolTime time, RandomGenerator random) {
        this.name = name;
        this.time = time;
        this.random = random;
        this.recovery = new Recovery(time, this::callInProgress);
        this.window = new CallWindow(time);
        this.budget = new RateBudget(limits, time);
        this.concurrency = limits.concurrency();
        allowance = new Allowance(concurrency, 1, Instant.MAX);
        budget.share(1);
    }

    /** @throws IllegalArgumentException if the number is negative or larger than the limit of the domain */
    void permits(int concurrent) {
        requireRange(concurrent);
        allow(new Allowance(concurrent, (double) concurrent / concurrency, Instant.MAX));
    }

    private void requireRange(int concurrent) {
        if (concurrent < 0 || concurrent > concurrency) {
            throw new IllegalArgumentException("The permits of the quota domain " + name
                    + " must be 0 to its concurrency, " + concurrency + "; they are " + concurrent);
        }
    }

    /** @throws IllegalArgumentException if the calls are more than the limit of the domain */
    void allow(Allowance allowed) {
        requireRange(allowed.concurrent());
        if (allowed.rate() > 0 && allowed.rate() != allowance.rate()) {
            budget.share(allowed.rate());
            if (allowance.rate() == 0) {
                budget.drain();
            }
        }
        allowance = allowed;
    }

    void shareRecovery() {
        recovery.share();
    }

    /** A call found no key in the pool, and this domain has one that is not to blame. */
    void refused() {
        if (recovery.until() == null) {
            wantsProbe |= recovery.needsGrant();
            refused += lacksPermits() ? 1 : 0;
        }
    }

    Demand takeDemand() {
        var demand = new Demand(inUse, mostInUse, refused, wantsProbe);
        mostInUse = inUse;
        refused = 0;
        wantsProbe = false;
        return demand;
    }

    private boolean isAllowed() {
        return allowance.concurrent() > 0
                && allowance.rate() > 0
                && allowance.startBefore().isAfter(time.now());
    }

    /** How long no call can begin whatever ends, in nanoseconds; 0 if one can. */
    long closedNanos() {
        boolean isOver = allowance.startBefore().isAfter(Instant.MIN)
                && !allowance.startBefore().isAfter(time.now());
        return Math.max(recovery.waitNanos(), isOver ? ALLOWANCE_OVER : 0);
    }

    /** Rounded down, so that a quarter of six permits is one call and not two. */
    private boolean lacksPermits() {
        return !isAllowed() || inUse >= Math.max(1, (int) (allowance.concurrent() * rate()));
    }

    int inUse() {
        return inUse;
    }

    String why() {
        return why;
    }

    /** How long until a call can be made, in nanoseconds, 0 if at once; an estimate if it depends on calls in progress. */
    long waitNanos(long estimatedTokens) {
        if (!isAllowed()) {
            return Math.max(ALLOWANCE_WAIT, recovery.waitNanos());
        }
        long wait = Math.max(recovery.waitNanos(), budget.waitNanos(estimatedTokens));
        return lacksPermits() ? Math.max(wait, callInProgress()) : wait;
    }

    /** How long to wait for a call in progress, in nanoseconds: the average latency, within limits. */
    long callInProgress() {
        Duration latency = window.averageLatency();
        Duration usual = latency == null ? USUAL_LATENCY : latency;
        return Math.clamp(usual.toNanos(), SHORTEST_CHECK.toNanos(), LONGEST_CHECK.toNanos());
    }

    /** The part of the full rate that may be used now, above 0 up to 1. */
    double rate() {
        double growth = throttle < 1 ? (time.currentTimeNanos() - throttledAt) * GROWTH_PER_NANO : 0;
        return ramp() * Math.min(1, throttle + growth);
    }

    private double ramp() {
        if (recovery.isProbing()) {
            return 0.25;
        }
        if (rampBegan == null) {
            return 1;
        }
        long elapsed = time.currentTimeNanos() - rampBegan;
        return elapsed < RAMP_STEP ? 0.25 : elapsed < 2 * RAMP_STEP ? 0.5 : 1;
    }

    void began(CallPermit call) {
        inUse++;
        mostInUse = Math.max(mostInUse, inUse);
        budget.reserve(call.estimatedTokens(), call.rate());
        recovery.began(call);
    }

    /** Ends a call of any outcome. What the outcome says about the domain follows with one of the other methods. */
    void ended() {
        inUse--;
    }

    /** Returns the transition if the call ended a cool-down, otherwise null. */
    @Nullable
    Transition succeeded(CallPermit call, CallOutcome.Succeeded outcome) {
        budget.correct(call.estimatedTokens(), outcome.tokensUsed(), call.rate());
        window.succeeded(outcome.latency());
        if (!recovery.succeeded(call)) {
            return null;
        }
        beginRamp();
        return new Transition.DomainRecovered(name, latestEnd, time.now(), "A call succeeded after the cool-down");
    }

    private void beginRamp() {
        rampBegan = time.currentTimeNanos();
        why = "Recovering after a cool-down";
    }

    void failed(CallPermit call) {
        window.failed();
        recovery.inconclusive(call);
    }

    void inconclusive(CallPermit call) {
        recovery.inconclusive(call);
    }

    /**
     * The provider refused a call because of a limit.
     *
     * @param lastCall the number of the latest call of the pool
     * @return whether the end of the cool-down has moved
     */
    boolean rateLimited(CallPermit call, CallOutcome.RateLimited outcome, long lastCall) {
        forgetTripsAfterRecovery();
        boolean failedTest = recovery.isTestedBy(call);
        double failureShare = window.failureShare();
        window.failed();
        Duration asked = CoolDownRule.retryAfter(outcome.retryAfter());
        if (outcome.increasedTooQuickly()) {
            slowDown(call, lastCall);
            if (!failedTest && asked.isZero()) {
                return false;
            }
        }
        boolean news = trips == 0 || !recovery.isOlder(call);
        if (failedTest || (news && !outcome.increasedTooQuickly())) {
            trips++;
            coolDown = CoolDownRule.coolDown(trips, failureShare);
        }
        Duration length = outcome.increasedTooQuickly() && !failedTest ? asked : CoolDownRule.max(asked, coolDown);
        why = "429 " + (asked.isZero() ? "without Retry-After" : "with Retry-After " + asked.toSeconds() + " s")
                + (outcome.increasedTooQuickly() ? ", the rate increased too quickly" : "")
                + "; cool-downs since the last full recovery: " + trips;
        return close(time.in(CoolDownRule.withJitter(length, random)), lastCall);
    }

    private void forgetTripsAfterRecovery() {
        if (rampBegan != null && ramp() == 1) {
            rampBegan = null;
            trips = 0;
        }
    }

    /** Halves the rate, once for all calls that were in progress. */
    private void slowDown(CallPermit call, long lastCall) {
        if (call.number() > throttledCalls) {
            double growth = throttle < 1 ? (time.currentTimeNanos() - throttledAt) * GROWTH_PER_NANO : 0;
            throttle = Math.max(LEAST_RATE, Math.min(1, throttle + growth) / 2);
            throttledAt = time.currentTimeNanos();
            throttledCalls = lastCall;
        }
    }

    private boolean close(Instant until, long lastCall) {
        rampBegan = null;
        latestEnd = until.isAfter(latestEnd) ? until : latestEnd;
        return recovery.closeUntil(until, lastCall);
    }

    Transition.DomainCooling transition(Instant until) {
        return new Transition.DomainCooling(name, until, Math.max(1, trips), time.now(), why);
    }

    /** Another process saw a cool-down. If it is over, nothing is known about the domain until a call tests it. */
    void merge(Transition.DomainCooling seen, long lastCall) {
        if (seen.until().isAfter(latestEnd)) {
            forgetTripsAfterRecovery();
            trips = Math.max(trips, seen.trips());
            coolDown = CoolDownRule.max(coolDown, CoolDownRule.coolDown(1, 0));
            why = seen.why();
            close(seen.until(), lastCall);
        }
    }

    /** Another process saw that the domain can be used again. */
    void merge(Transition.DomainRecovered seen) {
        if (latestEnd.isAfter(seen.until())) {
            return;
        }
        boolean wasClosed = recovery.until() != null || recovery.isProbing();
        latestEnd = seen.until();
        if (wasClosed) {
            recovery.reopen();
            beginRamp();
        }
    }
}
