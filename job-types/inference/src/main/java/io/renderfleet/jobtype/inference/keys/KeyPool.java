package io.renderfleet.jobtype.inference.keys;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The API keys of a pool. Chooses the key of each call, and learns from its outcome which keys and quota domains can be
 * used.
 *
 * <ul>
 *   <li>The calls in progress of a domain never exceed its {@linkplain #permits permits}, and its calls and tokens not the
 *       part of its limits that belongs to these permits.
 *   <li>A domain gets no calls in a cool-down. A cool-down is never shortened and ends not earlier than any provider's
 *       Retry-After of up to 24 hours. One call tests the domain after it.
 *   <li>A failure of an endpoint, and a request that is refused for its content, change no key.
 *   <li>No message, view or transition contains a secret.
 * </ul>
 *
 * <p>Thread-safe. No method waits for anything but the lock of the pool, which is held for microseconds. Memory is constant
 * for each key and domain.
 */
public final class KeyPool {
    private static final Duration SOON = Duration.ofSeconds(1);
    private static final Duration UNTIL_AN_OPERATOR_ACTS = Duration.ofMinutes(1);

    // A monitor, since its waiters spin before they park: it is held for less time than it takes to wake a thread.
    private final Object lock = new Object();
    private final PoolTime time;
    private final Map<DomainName, QuotaDomain> domains = new LinkedHashMap<>();
    private final Map<KeyId, PooledKey> keys = new LinkedHashMap<>();
    private final KeySelection selection;
    private final Map<Object, Transition> transitions = new LinkedHashMap<>();
    private long lastCall;
    private volatile BiConsumer<Permit, CallOutcome> listener = (_, _) -> {};

    /** What {@link #acquire} found. */
    public sealed interface Choice {
        /** A key was taken. Its permit must be ended. */
        record Taken(Permit permit) implements Choice {}

        /**
         * No key can be used now.
         *
         * @param until the earliest time at which one can be used, rounded up to a millisecond, if no other call takes its
         *     place. If that depends on calls in progress or on permits only, the average latency of calls from now, 50 ms to 5 s,
         *     or 250 ms if the domains have no {@linkplain Allowance allowance}.
         *     Later than now
         */
        record NoCapacity(Instant until) implements Choice {}

        /** No key can be used until an operator acts: each is INVALID, DISABLED, DRAINING or was tried. */
        record NoKey() implements Choice {}
    }

    /** A pool that measures rates by {@link System#nanoTime}. Each domain starts with all of its permits. */
    public KeyPool(KeyPoolSettings settings, InstantSource clock, RandomGenerator random) {
        this(settings, clock, System::nanoTime, random);
    }

    /**
     * @param clock the time at which states end, the same in all processes
     * @param nanoTime the time of rates and statistics, in nanoseconds of any origin, which never goes back
     * @param random the jitter of cool-downs
     */
    public KeyPool(KeyPoolSettings settings, InstantSource clock, LongSupplier nanoTime, RandomGenerator random) {
        time = new PoolTime(clock, nanoTime);
        settings.domains().forEach((name, limits) -> domains.put(name, new QuotaDomain(name, limits, time, random)));
        for (var key : settings.keys()) {
            keys.put(key.id(), new PooledKey(key, domain(key.domain()), time));
        }
        selection = KeySelection.of(settings.strategy(), List.copyOf(keys.values()));
    }

    /** Takes a key for one call, or says when that can succeed. */
    public Choice acquire(CallNeed need) {
        return locked(() -> {
            var search = new KeySearch(need);
            keys.values().forEach(search::consider);
            if (search.usable().isEmpty()) {
                search.domains().forEach(QuotaDomain::refused);
                return search.shortestWait() == null
                        ? new Choice.NoKey()
                        : new Choice.NoCapacity(after(search.shortestWait()));
            }
            return new Choice.Taken(begin(selection.choose(search.usable()), need.estimatedTokens()));
        });
    }

    private Permit begin(PooledKey key, long estimatedTokens) {
        var call = new CallPermit(this, key, ++lastCall, estimatedTokens, key.domain.rate());
        key.began(call);
        key.domain.began(call);
        return call;
    }

    /**
     * Takes this key for a call that shows whether the provider accepts it, whatever its own state is. Empty if the domain
     * cannot be used now.
     */
    public Optional<Permit> acquireForTest(KeyId id) {
        return locked(() -> {
            PooledKey key = key(id);
            if (key.domain.waitNanos(0) > 0) {
                key.domain.refused();
                return Optional.<Permit>empty();
            }
            return Optional.of(begin(key, 0));
        });
    }

    private <T> T locked(Supplier<T> work) {
        synchronized (lock) {
            time.read();
            return work.get();
        }
    }

    private void run(Runnable work) {
        synchronized (lock) {
            time.read();
            work.run();
        }
    }

    private Instant after(long nanos) {
        return time.in(Duration.ofNanos(nanos));
    }

    void end(CallPermit call, CallOutcome outcome) {
        boolean first = locked(() -> {
            if (!call.endOnce()) {
                return false;
            }
            PooledKey key = call.pooledKey();
            key.ended();
            key.domain.ended();
            apply(outcome, call, key);
            return true;
        });
        if (first) {
            listener.accept(call, outcome);
        }
    }

    /** Calls this after each call that has ended, on its thread, once for each permit. It must not block or throw. */
    public void onEnd(BiConsumer<Permit, CallOutcome> newListener) {
        listener = newListener;
    }

    private void apply(CallOutcome outcome, CallPermit call, PooledKey key) {
        QuotaDomain domain = key.domain;
        switch (outcome) {
            case CallOutcome.Succeeded succeeded -> {
                key.succeeded(call, succeeded);
                report(domain.succeeded(call, succeeded));
                return;
            }
            case CallOutcome.RateLimited limited -> {
                key.window.failed();
                Instant until = domain.rateLimited(call, limited, lastCall) ? domain.recovery.until() : null;
                report(until == null ? null : domain.transition(until));
                domain.inconclusive(call);
                key.exhaustion.inconclusive(call);
                return;
            }
            case CallOutcome.QuotaExhausted _ -> report(key.quotaExhausted(call, lastCall));
            case CallOutcome.Unauthorized _ -> report(key.unauthorized(call));
            case CallOutcome.EndpointFailed _ -> {}
            case CallOutcome.Refused _, CallOutcome.Abandoned _ -> {
                domain.inconclusive(call);
                key.exhaustion.inconclusive(call);
                return;
            }
        }
        key.window.failed();
        domain.failed(call);
        key.exhaustion.inconclusive(call);
    }

    /**
     * The time before which no key can be used because of what providers said or operators did; empty if one can be used
     * within a second. Permits and rates, which calls in progress use up for a moment, do not count, but an
     * {@linkplain Allowance#startBefore allowance whose time is over} does. If no key can be used
     * until an operator acts, a minute from now.
     */
    public Optional<Instant> closedUntil() {
        return locked(() -> {
            OptionalLong wait = keys.values().stream()
                    .filter(key -> !key.needsOperator())
                    .mapToLong(key -> Math.max(key.waitNanos(), key.domain.closedNanos()))
                    .min();
            if (wait.isEmpty()) {
                return Optional.of(time.now().plus(UNTIL_AN_OPERATOR_ACTS));
            }
            return wait.getAsLong() > SOON.toNanos() ? Optional.of(after(wait.getAsLong())) : Optional.empty();
        });
    }

    /** All keys in the order of the configuration, without secrets. */
    public List<KeyView> keys() {
        return locked(() -> keys.values().stream().map(PooledKey::view).toList());
    }

    /** The state of a key. */
    public KeyState state(KeyId id) {
        return locked(() -> key(id).view().state());
    }

    /**
     * The keys whose secret a provider refused and that must be read again from where it is stored, and given to
     * {@link #rotate}. If it is the same then, or nobody does this within 30 seconds, the key is INVALID.
     */
    public List<KeyId> secretsToReadAgain() {
        return locked(() -> keys.values().stream()
                .filter(PooledKey::isSecretToBeRead)
                .map(key -> key.id)
                .toList());
    }

    /**
     * Allows no calls with a key until it is enabled. Calls in progress are not stopped.
     *
     * @throws IllegalArgumentException if the pool has no such key, as in all methods that name a key or domain
     */
    public void disable(KeyId id) {
        operate(id, KeyState.DISABLED);
    }

    /** Allows calls with a key again, also if it was INVALID or EXHAUSTED. A cool-down of its domain remains. */
    public void enable(KeyId id) {
        operate(id, KeyState.ACTIVE);
    }

    /** Lets the calls of a key end and allows no new ones until it is enabled. */
    public void drain(KeyId id) {
        operate(id, KeyState.DRAINING);
    }

    private void operate(KeyId id, KeyState state) {
        run(() -> report(key(id).operate(state)));
    }

    /**
     * Replaces the secret of a key for new calls. With a different secret, a key that was INVALID is ACTIVE. With the same
     * one, a key whose secret was to be read again is INVALID.
     */
    public void rotate(KeyId id, Secret newSecret) {
        run(() -> report(key(id).rotate(newSecret)));
    }

    /**
     * Sets how many calls of a domain this process may make at the same time. Its part of the domain's rates follows. If
     * more calls are in progress, they go on, and no new ones begin until there are fewer.
     *
     * @param concurrent 0 to the concurrency of the domain
     * @throws IllegalArgumentException if the number has another value
     */
    public void permits(DomainName domain, int concurrent) {
        run(() -> domain(domain).permits(concurrent));
    }

    /**
     * Sets what this process may use of a domain. Calls in progress go on. It counts from the next {@link #acquire}.
     *
     * @throws IllegalArgumentException if the allowance has more calls than the domain
     */
    public void allow(DomainName domain, Allowance allowance) {
        run(() -> domain(domain).allow(allowance));
    }

    /** What the calls of each domain needed since the last call of this method. */
    public Map<DomainName, Demand> takeDemand() {
        return locked(() -> {
            Map<DomainName, Demand> demands = new LinkedHashMap<>();
            domains.forEach((name, domain) -> demands.put(name, domain.takeDemand()));
            return demands;
        });
    }

    /** From now on, the test call after a cool-down needs a {@link #grantProbe}, so that one process makes it. */
    public void shareProbes() {
        run(() -> domains.values().forEach(QuotaDomain::shareRecovery));
    }

    /** Allows the test call of a domain after its cool-down, if it begins before then. */
    public void grantProbe(DomainName domain, Instant startBefore) {
        run(() -> domain(domain).recovery.grant(startBefore));
    }

    /** The calls of a domain that this process makes now. */
    public int inUse(DomainName domain) {
        return locked(() -> domain(domain).inUse());
    }

    /** Applies what other processes saw. Keys and domains that this pool does not have are ignored. */
    public void merge(List<Transition> seenElsewhere) {
        run(() -> {
            for (Transition seen : seenElsewhere) {
                switch (seen) {
                    case Transition.DomainCooling cooling -> {
                        QuotaDomain domain = domains.get(cooling.domain());
                        if (domain != null) {
                            domain.merge(cooling, lastCall);
                        }
                    }
                    case Transition.DomainRecovered recovered -> {
                        QuotaDomain domain = domains.get(recovered.domain());
                        if (domain != null) {
                            domain.merge(recovered);
                        }
                    }
                    case Transition.KeyChanged changed -> {
                        PooledKey key = keys.get(changed.key());
                        if (key != null) {
                            key.merge(changed, lastCall);
                        }
                    }
                }
            }
        });
    }

    /** The changes that this process saw first since the last call, the latest of each kind, oldest first. */
    public List<Transition> drainTransitions() {
        return locked(() -> {
            List<Transition> drained = new ArrayList<>(transitions.values());
            transitions.clear();
            return drained;
        });
    }

    private void report(@Nullable Transition transition) {
        if (transition == null) {
            return;
        }
        // Only the latest of each kind is kept, so that a process whose transitions nobody reads does not grow.
        Object kind = switch (transition) {
            case Transition.DomainCooling cooling -> cooling.domain();
            case Transition.DomainRecovered recovered -> List.of(recovered.domain());
            case Transition.KeyChanged changed -> List.of(changed.key(), changed.state());
        };
        transitions.remove(kind);
        transitions.put(kind, transition);
    }

    private PooledKey key(KeyId id) {
        PooledKey key = keys.get(id);
        if (key == null) {
            throw new IllegalArgumentException("The pool has no key " + id + "; its keys are " + keys.keySet());
        }
        return key;
    }

    private QuotaDomain domain(DomainName name) {
        QuotaDomain domain = domains.get(name);
        if (domain == null) {
            throw new IllegalArgumentException(
                    "The pool has no quota domain " + name + "; its domains are " + domains.keySet());
        }
        return domain;
    }
}
