package io.renderfleet.jobtype.inference.run;

import io.renderfleet.jobtype.inference.keys.KeyPool;
import io.renderfleet.jobtype.inference.model.ModelClient;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

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
     * @param endpoint whether the provider works
     * @param models the names of models in requests, and the provider's names for them
     */
    record ModelPool(KeyPool keys, ModelClient client, Endpoint endpoint, Map<String, String> models) {

        /** The time before which no call can be made; empty if one can. */
        Optional<Instant> closedUntil() {
            return Stream.of(keys.closedUntil(), endpoint.closedUntil())
                    .flatMap(Optional::stream)
                    .max(Comparator.naturalOrder());
        }
    }

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

    /** The time before which no call can be made with any pool; empty if one can, or if there are no pools. */
    Optional<Instant> closedUntil() {
        List<Optional<Instant>> closed =
                byModel.values().stream().map(ModelPool::closedUntil).toList();
        return closed.stream().anyMatch(Optional::isEmpty)
                ? Optional.empty()
                : closed.stream().flatMap(Optional::stream).min(Comparator.naturalOrder());
    }
}
