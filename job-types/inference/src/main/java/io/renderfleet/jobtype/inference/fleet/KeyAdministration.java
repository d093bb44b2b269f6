package io.renderfleet.jobtype.inference.fleet;

import io.renderfleet.jobtype.inference.fleet.KeyPoolView.Verification;
import io.renderfleet.jobtype.inference.keys.KeyId;
import io.renderfleet.jobtype.inference.keys.KeyPoolSettings.DomainLimits;
import io.renderfleet.jobtype.inference.keys.KeyState;
import io.renderfleet.jobtype.inference.settings.InferenceSettings;
import io.renderfleet.jobtype.inference.settings.KeyPoolDefinition;
import io.renderfleet.jobtype.inference.settings.KeyPoolDefinition.KeyDefinition;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.region.RegionId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** What operators see of the keys and do with them, from the items that the workers share. It has no secrets. */
final class KeyAdministration {
    /** The most workers whose figures are read for one answer. */
    private static final int MOST_WORKERS = 100;

    private final Map<String, KeyPoolDefinition> pools;
    private final FleetItems items;
    private final InstantSource clock;

    KeyAdministration(InferenceSettings settings, FleetItems items, InstantSource clock) {
        this.pools = new TreeMap<>(settings.pools());
        this.items = items;
        this.clock = clock;
    }

    List<KeyPoolView> pools() {
        return pools.keySet().stream().map(this::pool).toList();
    }

    /** @throws ProblemException if there is no such pool */
    KeyPoolView pool(String name) {
        KeyPoolDefinition definition = definition(name);
        var states = new SharedStates(items, name);
        states.refresh();
        Set<String> workers = new TreeSet<>();
        List<KeyPoolView.Domain> domains = new ArrayList<>();
        new TreeMap<>(definition.domains()).forEach((domain, limits) -> {
            PermitItem permits = PermitItem.read(items.get(PermitItem.id(name, domain)));
            workers.addAll(permits.holders().keySet());
            domains.add(domain(domain, limits, permits));
        });
        List<Map<String, AttributeValue>> figures = workers.stream()
                .limit(MOST_WORKERS)
                .map(worker -> items.get(KeyFigures.id(name, worker)))
                .toList();
        return new KeyPoolView(
                name,
                definition.regions().stream()
                        .sorted(Comparator.comparing(RegionId::value))
                        .toList(),
                workers.size(),
                domains,
                definition.keys().stream().map(key -> key(key, states, figures)).toList());
    }

    private static KeyPoolView.Domain domain(String name, DomainLimits limits, PermitItem permits) {
        int held =
                permits.holders().values().stream().mapToInt(Holding::permits).sum();
        int total = permits.total() == 0 ? limits.concurrency() : permits.total();
        return new KeyPoolView.Domain(
                name, limits.rpm(), limits.tpm(), limits.rps(), limits.concurrency(), total - held, held);
    }

    private KeyPoolView.Key key(KeyDefinition key, SharedStates states, List<Map<String, AttributeValue>> workers) {
        List<Map<String, AttributeValue>> figures = workers.stream()
                .map(worker -> SharedStates.fields(worker, KeyFigures.KEY + key.id()))
                .filter(fields -> !fields.isEmpty())
                .toList();
        StateView state = state(key, states, figures);
        OptionalDouble success = average(figures, "success");
        OptionalDouble latency = average(figures, "latencyMs");
        return new KeyPoolView.Key(
                key.id(),
                key.domain(),
                key.weight(),
                figures.stream()
                        .map(fields -> FleetItems.text(fields, "last4"))
                        .filter(last4 -> !last4.isEmpty())
                        .findFirst()
                        .orElse(""),
                state.state(),
                state.until(),
                state.why(),
                sum(figures, "inUse"),
                sum(figures, "calls"),
                success.isPresent() ? success.getAsDouble() / 1000 : null,
                latency.isPresent() ? Math.round(latency.getAsDouble()) : null,
                verification(states.fact(SharedStates.VERIFY, key.id())));
    }

    private static long sum(List<Map<String, AttributeValue>> figures, String name) {
        return figures.stream()
                .mapToLong(fields -> FleetItems.number(fields, name))
                .sum();
    }

    private static OptionalDouble average(List<Map<String, AttributeValue>> figures, String name) {
        return figures.stream()
                .filter(fields -> fields.containsKey(name))
                .mapToLong(fields -> FleetItems.number(fields, name))
                .average();
    }

    private record StateView(KeyState state, @Nullable Instant until, String why) {}

    /** Of the states that apply, the last one in the order of {@link KeyState}, as the workers see it. */
    private StateView state(KeyDefinition key, SharedStates states, List<Map<String, AttributeValue>> figures) {
        Instant now = clock.instant();
        Map<String, AttributeValue> operator = states.fact(SharedStates.OPERATOR, key.id());
        String decided = FleetItems.text(operator, SharedStates.STATE);
        if (decided.equals(KeyState.DISABLED.name())) {
            return new StateView(KeyState.DISABLED, null, FleetItems.text(operator, SharedStates.WHY));
        }
        String invalid = FleetItems.text(states.fact(SharedStates.INVALID, key.id()), SharedStates.WHY);
        if (invalid.isEmpty()) {
            invalid = figures.stream()
                    .map(fields -> FleetItems.text(fields, "invalid"))
                    .filter(why -> !why.isEmpty())
                    .findFirst()
                    .orElse("");
        }
        if (!invalid.isEmpty()) {
            return new StateView(KeyState.INVALID, null, invalid);
        }
        if (decided.equals(KeyState.DRAINING.name())) {
            return new StateView(KeyState.DRAINING, null, FleetItems.text(operator, SharedStates.WHY));
        }
        Map<String, AttributeValue> exhausted = states.fact(SharedStates.EXHAUSTED, key.id());
        Instant exhaustedUntil = FleetItems.time(exhausted, SharedStates.UNTIL);
        if (exhaustedUntil.isAfter(now)) {
            return new StateView(KeyState.EXHAUSTED, exhaustedUntil, FleetItems.text(exhausted, SharedStates.WHY));
        }
        Map<String, AttributeValue> cooling = states.fact(SharedStates.COOLING, key.domain());
        if (cooling.isEmpty() || cooling.containsKey(SharedStates.RECOVERED)) {
            return new StateView(KeyState.ACTIVE, null, "");
        }
        Instant coolingUntil = FleetItems.time(cooling, SharedStates.UNTIL);
        String why = FleetItems.text(cooling, SharedStates.WHY);
        return coolingUntil.isAfter(now)
                ? new StateView(KeyState.COOLING, coolingUntil, why)
                : new StateView(KeyState.PROBING, null, why);
    }

    private static @Nullable Verification verification(Map<String, AttributeValue> fact) {
        if (fact.isEmpty()) {
            return null;
        }
        if (!fact.containsKey(SharedStates.AT)) {
            return new Verification(FleetItems.time(fact, SharedStates.REQUESTED_AT), null, null, null, null);
        }
        AttributeValue ok = fact.get(SharedStates.OK);
        return new Verification(
                null,
                FleetItems.time(fact, SharedStates.AT),
                ok != null && Boolean.TRUE.equals(ok.bool()),
                FleetItems.text(fact, SharedStates.WHY),
                FleetItems.number(fact, "latencyMs"));
    }

    /** @throws ProblemException if there is no such pool or key, as in all methods that name one */
    void operate(String pool, String key, KeyState state, String why) {
        states(pool, key).operate(new KeyId(key), state, clock.instant(), why);
    }

    void rotate(String pool, String key) {
        states(pool, key).rotate(new KeyId(key), clock.instant());
    }

    void verify(String pool, String key) {
        states(pool, key).requestVerification(new KeyId(key), clock.instant());
    }

    /** Verifies all keys of a pool. */
    void verify(String pool) {
        definition(pool).keys().forEach(key -> verify(pool, key.id()));
    }

    private SharedStates states(String pool, String key) {
        List<String> known =
                definition(pool).keys().stream().map(KeyDefinition::id).toList();
        if (!known.contains(key)) {
            throw ProblemException.of(
                    KeyProblems.UNKNOWN_KEY,
                    "The pool " + pool + " has no such key. Use one of " + String.join(", ", known) + ".");
        }
        return new SharedStates(items, pool);
    }

    private KeyPoolDefinition definition(String pool) {
        KeyPoolDefinition definition = pools.get(pool);
        if (definition == null) {
            throw ProblemException.of(
                    KeyProblems.UNKNOWN_POOL,
                    pools.isEmpty()
                            ? "There are no pools of keys. Configure one in renderfleet.inference.pools."
                            : "There is no such pool of keys. Use one of " + String.join(", ", pools.keySet()) + ".");
        }
        return definition;
    }
}
