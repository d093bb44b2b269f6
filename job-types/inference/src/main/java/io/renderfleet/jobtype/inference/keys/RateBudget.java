package io.renderfleet.jobtype.inference.keys;

import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.TokensInheritanceStrategy;
import io.github.bucket4j.local.LocalBucket;
import io.github.bucket4j.local.LocalBucketBuilder;
import io.github.bucket4j.local.SynchronizationStrategy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The calls and tokens that this process may use of a domain's limits, in token buckets.
 *
 * <p>Each bucket keeps its part of the limit in every window, not only on average: of a limit of {@code r}, a bucket with
 * the capacity {@code c} is refilled with {@code r − (c − 1)} in a window. The capacity is a small part of the limit, or
 * the largest estimate of a call up to half of the limit. A call that needs more than the capacity waits for a full
 * bucket and leaves it in debt.
 *
 * <p>While a domain recovers, calls cost more instead of the buckets being refilled more slowly: at a quarter of the rate,
 * a call costs four. So the time at which a bucket has enough for a call does not depend on what comes later.
 *
 * <p>Guarded by the lock of the pool.
 */
final class RateBudget {
    /** The unit of calls is a thousandth, so that a call can cost 1.3. */
    private static final long CALL = 1000;

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final List<Limit> calls = new ArrayList<>();
    private @Nullable Limit tokens;

    RateBudget(KeyPoolSettings.DomainLimits limits, PoolTime time) {
        if (limits.rpm() != null) {
            calls.add(new Limit(limits.rpm() * CALL, CALL, MINUTE, 60, time));
        }
        if (limits.rps() != null) {
            calls.add(new Limit(limits.rps() * CALL, CALL, SECOND, 20, time));
        }
        if (limits.tpm() != null) {
            tokens = new Limit(limits.tpm(), 1, MINUTE, 60, time);
        }
    }

    /** @param share the part of the domain's limits that this process may use, above 0 up to 1 */
    void share(double share) {
        calls.forEach(limit -> limit.share(share));
        if (tokens != null) {
            tokens.share(share);
        }
    }

    /** Leaves enough for one call at most, because other processes may have used what this one did not. */
    void drain() {
        calls.forEach(Limit::drain);
        if (tokens != null) {
            tokens.drain();
        }
    }

    /** How long until a call can be made, in nanoseconds; 0 if at once. */
    long waitNanos(long estimatedTokens) {
        long wait = 0;
        for (Limit limit : calls) {
            wait = Math.max(wait, limit.waitNanos(CALL));
        }
        if (tokens != null && estimatedTokens > 0) {
            tokens.expect(estimatedTokens);
            wait = Math.max(wait, tokens.waitNanos(estimatedTokens));
        }
        return wait;
    }

    /**
     * Charges a call.
     *
     * @param rate the part of the rate that may be used now, above 0 up to 1
     */
    void reserve(long estimatedTokens, double rate) {
        for (Limit limit : calls) {
            limit.bucket().consumeIgnoringRateLimits(cost(CALL, rate));
        }
        if (tokens != null && estimatedTokens > 0) {
            tokens.bucket().consumeIgnoringRateLimits(cost(tokens.atMostAll(estimatedTokens), rate));
        }
    }

    /** Replaces the reserved tokens of a call by the tokens that it used, at the rate at which they were reserved. */
    void correct(long estimatedTokens, long usedTokens, double rate) {
        if (tokens == null) {
            return;
        }
        // What a provider says about its usage is not trusted beyond a minute's worth of tokens.
        long reserved = estimatedTokens == 0 ? 0 : cost(tokens.atMostAll(estimatedTokens), rate);
        long used = usedTokens == 0 ? 0 : cost(tokens.atMostAll(usedTokens), rate);
        if (used > reserved) {
            tokens.bucket().consumeIgnoringRateLimits(used - reserved);
        } else if (used < reserved) {
            tokens.bucket().addTokens(reserved - used);
        }
    }

    private static long cost(long units, double rate) {
        return (long) Math.ceil(units / rate);
    }

    /** One limit and its bucket. */
    private static final class Limit {
        private final long all;
        private final long unit;
        private final Duration window;
        private final int burstDivisor;
        private final PoolTime time;
        private double share;
        private long largestCall;
        private long capacity;
        private @Nullable LocalBucket bucket;

        Limit(long all, long unit, Duration window, int burstDivisor, PoolTime time) {
            this.all = all;
            this.unit = unit;
            this.window = window;
            this.burstDivisor = burstDivisor;
            this.time = time;
            this.largestCall = unit;
        }

        void share(double newShare) {
            share = newShare;
            // The tokens are kept: a share that goes down and up again must not fill the bucket.
            configure(TokensInheritanceStrategy.AS_IS);
        }

        void drain() {
            long surplus = bucket().getAvailableTokens() - largestCall;
            if (surplus > 0) {
                bucket().consumeIgnoringRateLimits(surplus);
            }
        }

        void expect(long estimate) {
            if (estimate > largestCall) {
                largestCall = estimate;
                // The bucket is larger by what the estimate adds, and so is what is in it: nothing was used of that
                // yet.
                configure(TokensInheritanceStrategy.ADDITIVE);
            }
        }

        long waitNanos(long units) {
            long needed = Math.min(units, capacity);
            return bucket().getAvailableTokens() >= needed
                    ? 0
                    : bucket().estimateAbilityToConsume(needed).getNanosToWaitForRefill();
        }

        long atMostAll(long units) {
            return Math.min(units, all);
        }

        LocalBucket bucket() {
            if (bucket == null) {
                throw new IllegalStateException("A share of the limits must be set before they are used");
            }
            return bucket;
        }

        private void configure(TokensInheritanceStrategy inheritance) {
            double part = all * share;
            long most = Math.max(unit, (long) (part / 2));
            capacity = Math.min(most, Math.max(largestCall, (long) (part / burstDivisor) / unit * unit));
            double refill = Math.max(part - (capacity - unit), part / 2);
            long refillTokens = Math.max(1, Math.round(refill));
            Duration period =
                    Duration.ofNanos(Math.max(refillTokens, (long) (window.toNanos() * (refillTokens / refill))));
            if (bucket == null) {
                bucket = new LocalBucketBuilder()
                        .addLimit(limit -> limit.capacity(capacity).refillGreedy(refillTokens, period))
                        .withCustomTimePrecision(time)
                        .withSynchronizationStrategy(SynchronizationStrategy.NONE)
                        .build();
            } else {
                bucket.replaceConfiguration(
                        BucketConfiguration.builder()
                                .addLimit(limit -> limit.capacity(capacity).refillGreedy(refillTokens, period))
                                .build(),
                        inheritance);
            }
        }
    }
}
