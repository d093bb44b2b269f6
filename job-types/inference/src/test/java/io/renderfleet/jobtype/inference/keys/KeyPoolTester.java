package io.renderfleet.jobtype.inference.keys;

import io.renderfleet.jobtype.inference.keys.KeyPoolSettings.DomainLimits;
import io.renderfleet.jobtype.inference.keys.KeyPoolSettings.KeySettings;
import io.renderfleet.testing.MutableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** A pool whose time stands still until a test moves it, and whose cool-downs have no jitter unless a test wants it. */
final class KeyPoolTester {
    static final Instant START = Instant.parse("2030-01-01T00:00:00Z");
    static final int MOST_CALLS = 20_000;
    static final CallNeed ANY = CallNeed.ofTokens(0);

    final MutableClock clock = new MutableClock(START);
    final KeyPool pool;

    private KeyPoolTester(KeyPoolSettings settings, RandomGenerator random) {
        pool = new KeyPool(settings, clock, this::nanos, random);
    }

    private long nanos() {
        return Duration.between(START, clock.instant()).toNanos();
    }

    /** Keys as {@code "k1@d1"} or, with a weight, {@code "k1@d1*3"}. Every domain has the same limits. */
    static KeyPoolTester of(Strategy strategy, DomainLimits limits, String... keys) {
        return new KeyPoolTester(settings(strategy, limits, keys), new NoJitter());
    }

    static KeyPoolTester of(String... keys) {
        return of(Strategy.ROUND_ROBIN, concurrency(100), keys);
    }

    static KeyPoolTester withJitter(long seed, DomainLimits limits, String... keys) {
        return new KeyPoolTester(settings(Strategy.LEAST_LOADED, limits, keys), new Random(seed));
    }

    static KeyPoolSettings settings(Strategy strategy, DomainLimits limits, String... keys) {
        Map<DomainName, DomainLimits> domains = new LinkedHashMap<>();
        List<KeySettings> settings = new ArrayList<>();
        for (String key : keys) {
            String[] parts = key.split("[@*]", -1);
            var domain = new DomainName(parts[1]);
            domains.put(domain, limits);
            int weight = parts.length > 2 ? Integer.parseInt(parts[2]) : 1;
            settings.add(new KeySettings(id(parts[0]), domain, weight, secret("secret-of-" + parts[0] + "-0000")));
        }
        return new KeyPoolSettings(strategy, domains, settings);
    }

    static DomainLimits concurrency(int concurrency) {
        return new DomainLimits(null, null, null, concurrency);
    }

    static Secret secret(String value) {
        return Secret.of("secret", value);
    }

    static KeyId id(String key) {
        return new KeyId(key);
    }

    static CallOutcome success() {
        return new CallOutcome.Succeeded(0, Duration.ofMillis(400));
    }

    static CallOutcome rateLimited(@Nullable Duration retryAfter) {
        return new CallOutcome.RateLimited(retryAfter, false);
    }

    Permit take() {
        return take(ANY);
    }

    Permit take(CallNeed need) {
        KeyPool.Choice choice = pool.acquire(need);
        if (choice instanceof KeyPool.Choice.Taken taken) {
            return taken.permit();
        }
        throw new AssertionError("expected that a key is taken, but was " + choice);
    }

    /** Takes as many keys as there are, one after another. */
    List<Permit> takeAll(CallNeed need) {
        return takeAll(need, _ -> {});
    }

    /** The same, and does something with each permit before it takes the next key. */
    List<Permit> takeAll(CallNeed need, Consumer<Permit> then) {
        List<Permit> permits = new ArrayList<>();
        while (pool.acquire(need) instanceof KeyPool.Choice.Taken(Permit permit)) {
            permits.add(permit);
            then.accept(permit);
            if (permits.size() == MOST_CALLS) {
                throw new AssertionError("nothing limits the calls");
            }
        }
        return permits;
    }

    Instant noCapacityUntil() {
        return noCapacityUntil(ANY);
    }

    Instant noCapacityUntil(CallNeed need) {
        KeyPool.Choice choice = pool.acquire(need);
        if (choice instanceof KeyPool.Choice.NoCapacity noCapacity) {
            return noCapacity.until();
        }
        throw new AssertionError("expected that there is no capacity, but was " + choice);
    }

    void end(CallOutcome outcome) {
        take().end(outcome);
    }

    /** The keys of so many calls, one after another. */
    List<String> keysOf(int calls) {
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < calls; i++) {
            Permit permit = take();
            keys.add(permit.key().value());
            permit.end(success());
        }
        return keys;
    }

    void advance(Duration by) {
        clock.advance(by);
    }

    void advanceTo(Instant end) {
        clock.advance(Duration.between(clock.instant(), end));
    }

    KeyView view(String key) {
        return pool.keys().stream()
                .filter(view -> view.id().equals(id(key)))
                .findFirst()
                .orElseThrow();
    }

    static CallNeed without(Set<KeyId> tried, Set<DomainName> excluded) {
        return new CallNeed(0, tried, excluded);
    }

    private static final class NoJitter implements RandomGenerator {
        @Override
        public long nextLong() {
            return 0;
        }

        @Override
        public long nextLong(long bound) {
            return 0;
        }
    }
}
