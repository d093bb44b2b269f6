package io.renderfleet.jobtype.inference.settings;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The settings of inference jobs. The API and the workers of a deployment must have the same.
 *
 * @param calls the most calls of models that a worker makes at the same time, 1 to 10,000
 * @param pools the pools of API keys, by name. Each offers models, and no two offer the same one. Without a pool, inference
 *     jobs are not accepted
 */
@Validated
@ConfigurationProperties(prefix = InferenceSettings.PREFIX, ignoreUnknownFields = false)
public record InferenceSettings(
        @DefaultValue("50") @Min(1) @Max(10_000) int calls,
        @DefaultValue Map<String, @Valid KeyPoolDefinition> pools) {
    static final String PREFIX = "renderfleet.inference";

    /** @throws IllegalArgumentException if two pools offer the same model, or a value is not accepted */
    public InferenceSettings {
        pools = Map.copyOf(pools);
        Map<String, String> offers = new HashMap<>();
        pools.forEach((pool, definition) -> {
            definition.check(PREFIX + ".pools." + pool);
            definition.models().keySet().forEach(model -> {
                String other = offers.put(model, pool);
                if (other != null) {
                    throw new IllegalArgumentException(PREFIX + ".pools: the pools " + other + " and " + pool
                            + " both offer the model " + model + "; give it another name in one of them");
                }
            });
        });
    }

    /** The names of all models that requests can name. */
    public SortedSet<String> models() {
        return pools.values().stream()
                .flatMap(pool -> pool.models().keySet().stream())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The pool that offers this model, under its name in requests; empty if none does. */
    public Optional<String> poolOf(String model) {
        return pools.entrySet().stream()
                .filter(pool -> pool.getValue().models().containsKey(model))
                .map(Map.Entry::getKey)
                .findFirst();
    }
}
