package io.renderfleet.jobtype.inference.run;

import io.renderfleet.jobtype.inference.keys.KeyPool;
import io.renderfleet.jobtype.inference.model.ModelClient;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The pools of API keys of a worker, by the models that they offer.
 *
 * <p>Thread-safe.
 */
final class ModelPools {
    private final Map<String, ModelPool> byModel = new HashMap<>();

    /**
     * A pool with the client of its provider.
     *
     * @param models the names of models in requests, and the provider's names for them
     */
    record ModelPool(KeyPool keys, ModelClient client, Map<String, String> models) {}

    /** @param pools no two offer the same model */
    ModelPools(Collection<ModelPool> pools) {
        pools.forEach(pool -> pool.models().keySet().forEach(model -> byModel.put(model, pool)));
    }

    /** The pool that offers a model; empty if none does. */
    Optional<ModelPool> of(String model) {
        return Optional.ofNullable(byModel.get(model));
    }

    /** The names of all models. */
    SortedSet<String> models() {
        return new TreeSet<>(byModel.keySet());
    }

    /** The time before which no key of any pool can be used; empty if one can, or if there are no pools. */
    Optional<Instant> closedUntil() {
        Collection<ModelPool> pools = byModel.values();
        return pools.stream().anyMatch(pool -> pool.keys().closedUntil().isEmpty())
                ? Optional.empty()
                : pools.stream()
                        .flatMap(pool -> pool.keys().closedUntil().stream())
                        .min(Comparator.naturalOrder());
    }
}
