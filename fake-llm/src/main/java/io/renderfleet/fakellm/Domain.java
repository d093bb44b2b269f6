package io.renderfleet.fakellm;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * A quota domain: the limits that its keys share, and what was seen of them. Thread-safe.
 *
 * <p>Every call counts as a request, also one that is refused: "unsuccessful requests contribute to your per-minute
 * limit" (https://help.openai.com/en/articles/5955604). Only accepted calls count with their tokens.
 */
final class Domain {
    private final String name;
    private final LongSupplier nanoTime;
    private final BehaviourSlot behaviour;
    private final SlidingWindow minuteRequests;
    private final SlidingWindow minuteTokens;
    private final SlidingWindow secondRequests;
    private final int concurrency;
    private final Map<Limit, Long> violations = new EnumMap<>(Limit.class);
    private int inProgress;
    private int highest;
    private long tokens;

    Domain(String name, DomainLimits limits, LongSupplier nanoTime) {
        this.name = name;
        this.nanoTime = nanoTime;
        behaviour = new BehaviourSlot(nanoTime);
        minuteRequests = new SlidingWindow(limits.rpm(), Duration.ofMinutes(1).toNanos());
        minuteTokens = new SlidingWindow(limits.tpm(), Duration.ofMinutes(1).toNanos());
        secondRequests = new SlidingWindow(limits.rps(), Duration.ofSeconds(1).toNanos());
        concurrency = limits.concurrency();
    }

    /**
     * Why a call is refused.
     *
     * @param limit the first limit that it exceeds
     * @param allowed the value of the limit
     * @param used what was used of it before the call
     * @param requested what the call would use
     * @param retryIn the time until the call fits; zero if it never does
     */
    record Refusal(Limit limit, long allowed, long used, long requested, Duration retryIn) {}

    String name() {
        return name;
    }

    BehaviourSlot behaviour() {
        return behaviour;
    }

    /** Accepts a call, which must then {@link #leave}, or refuses it. Each limit that it exceeds is one violation. */
    synchronized Optional<Refusal> enter(long callTokens) {
        long now = nanoTime.getAsLong();
        Optional<Refusal> refusal = Optional.empty();
        if (concurrency > 0 && inProgress >= concurrency) {
            refusal = Optional.of(
                    violated(new Refusal(Limit.CONCURRENCY, concurrency, inProgress, 1, Duration.ofSeconds(1))));
        }
        refusal = first(refusal, check(Limit.RPS, secondRequests, now, 1));
        refusal = first(refusal, check(Limit.RPM, minuteRequests, now, 1));
        refusal = first(refusal, check(Limit.TPM, minuteTokens, now, callTokens));
        secondRequests.add(now, 1);
        minuteRequests.add(now, 1);
        highest = Math.max(highest, inProgress + 1);
        if (refusal.isEmpty()) {
            inProgress++;
            minuteTokens.add(now, callTokens);
            tokens += callTokens;
        }
        return refusal;
    }

    /** Ends an accepted call. */
    synchronized void leave() {
        inProgress--;
    }

    synchronized int inProgress() {
        return inProgress;
    }

    /** The highest number of calls at the same time, with a call that was refused because of it. */
    synchronized int highest() {
        return highest;
    }

    /** The tokens of accepted calls. */
    synchronized long tokens() {
        return tokens;
    }

    /** How often each limit was exceeded; every limit is a key. */
    synchronized Map<Limit, Long> violations() {
        Map<Limit, Long> copy = new EnumMap<>(Limit.class);
        for (Limit limit : Limit.values()) {
            copy.put(limit, violations.getOrDefault(limit, 0L));
        }
        return copy;
    }

    private static Optional<Refusal> first(Optional<Refusal> earlier, Optional<Refusal> later) {
        return earlier.isPresent() ? earlier : later;
    }

    private Optional<Refusal> check(Limit limit, SlidingWindow window, long now, long amount) {
        if (window.fits(now, amount)) {
            return Optional.empty();
        }
        var wait = Duration.ofNanos(window.untilFits(now, amount));
        return Optional.of(violated(new Refusal(limit, window.limit(), window.used(now), amount, wait)));
    }

    private Refusal violated(Refusal refusal) {
        violations.merge(refusal.limit(), 1L, Long::sum);
        return refusal;
    }
}
