package io.renderfleet.jobtype.inference.settings;

import io.renderfleet.jobtype.inference.keys.DomainName;
import io.renderfleet.jobtype.inference.keys.KeyId;
import io.renderfleet.jobtype.inference.keys.KeyPoolSettings;
import io.renderfleet.jobtype.inference.keys.KeyPoolSettings.DomainLimits;
import io.renderfleet.jobtype.inference.keys.KeyPoolSettings.KeySettings;
import io.renderfleet.jobtype.inference.keys.Secret;
import io.renderfleet.jobtype.inference.keys.Strategy;
import io.renderfleet.jobtype.inference.model.Provider;
import io.renderfleet.region.RegionId;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * A pool of API keys in the settings: a provider, the models that it offers, and the keys for them.
 *
 * @param strategy how the key of a call is chosen
 * @param baseUrl the address before {@code /chat/completions}, such as {@code https://api.openai.com/v1}
 * @param kind how the provider reports errors: openai (also vLLM and most others) or dashscope
 * @param models the names of models in requests, and the provider's names for them. In files, a name with characters
 *     other than letters, digits, dots and hyphens is written in brackets: {@code "[qwen/vl]": qwen-vl-max}
 * @param headers headers that each call has besides the key
 * @param regions the only regions whose workers use these keys, and so the only ones that run the jobs of these models;
 *     empty for all regions
 * @param timeout the longest call, 100 ms to one hour
 * @param domains the quota domains by name, with the provider's limits
 * @param keys the API keys, 1 to 1000
 */
public record KeyPoolDefinition(
        @DefaultValue("least_loaded") Strategy strategy,

        @NotNull(message = "the address of the provider is required, such as https://api.openai.com/v1")
        URI baseUrl,

        @DefaultValue("openai") Provider.Kind kind,

        @DefaultValue @NotEmpty(message = "a model is required, such as assessment: qwen-vl-max")
        Map<String, String> models,

        @DefaultValue Map<String, String> headers,

        @DefaultValue Set<RegionId> regions,
        @DefaultValue("60s") Duration timeout,
        @DefaultValue Map<String, DomainLimits> domains,
        @DefaultValue List<KeyDefinition> keys) {

    private static final Pattern PLACE = Pattern.compile(
            "env:[A-Za-z_][A-Za-z0-9_]*|file:.+|arn:[a-z-]+:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:.+");
    private static final Duration SHORTEST_TIMEOUT = Duration.ofMillis(100);
    private static final Duration LONGEST_TIMEOUT = Duration.ofHours(1);
    /** Never sent: stands for the secrets of a process that does not read them. */
    private static final Secret NONE = Secret.of("a placeholder", "none");

    public KeyPoolDefinition {
        models = Map.copyOf(models);
        headers = Map.copyOf(headers);
        regions = Set.copyOf(regions);
        domains = Map.copyOf(domains);
        keys = List.copyOf(keys);
    }

    /**
     * An API key.
     *
     * @param id its name, unique in the pool
     * @param domain the quota domain whose limits its calls use
     * @param weight its share of the calls relative to other keys, 1 to 1000
     * @param secret where the key is: {@code env:NAME} for an environment variable, {@code file:PATH} for a file, or the
     *     ARN of a secret in Secrets Manager. Never the key itself
     */
    public record KeyDefinition(
            String id, String domain, @DefaultValue("1") int weight, String secret) {}

    /** @throws IllegalArgumentException if a value is not accepted; the message names its setting */
    void check(String name) {
        String scheme = baseUrl == null ? "https" : String.valueOf(baseUrl.getScheme());
        if (baseUrl != null && (!scheme.matches("https?") || baseUrl.getHost() == null)) {
            throw new IllegalArgumentException(
                    name + ".base-url must be an http or https address, such as https://api.openai.com/v1");
        }
        if (timeout.compareTo(SHORTEST_TIMEOUT) < 0 || timeout.compareTo(LONGEST_TIMEOUT) > 0) {
            throw new IllegalArgumentException(name + ".timeout must be 100ms to 1h; it is " + timeout);
        }
        for (int i = 0; i < keys.size(); i++) {
            KeyDefinition key = keys.get(i);
            if (key.id() == null || key.domain() == null || key.secret() == null) {
                throw new IllegalArgumentException(name + ".keys[" + i + "] must have id, domain and secret");
            }
            if (!PLACE.matcher(key.secret()).matches()) {
                throw new IllegalArgumentException(name + ".keys[" + i
                        + "].secret must say where the key is: env:NAME, file:PATH, or the ARN of a secret in Secrets"
                        + " Manager; it must not be the key itself");
            }
        }
        keyPool((_, _) -> NONE);
    }

    /**
     * The settings of the key pool.
     *
     * @param secrets reads the secret of a key from where it is: receives the id of the key and the place
     * @throws IllegalArgumentException if a value is not accepted; the message names its setting
     */
    public KeyPoolSettings keyPool(BiFunction<String, String, Secret> secrets) {
        return new KeyPoolSettings(
                strategy,
                domains.entrySet().stream()
                        .collect(Collectors.toMap(domain -> new DomainName(domain.getKey()), Map.Entry::getValue)),
                keys.stream()
                        .map(key -> new KeySettings(
                                new KeyId(key.id()),
                                new DomainName(key.domain()),
                                key.weight(),
                                secrets.apply(key.id(), key.secret())))
                        .toList());
    }

    /** Whether the workers of a region use these keys. */
    public boolean isUsedIn(RegionId region) {
        return regions.isEmpty() || regions.contains(region);
    }

    /** The provider of the pool's models. */
    public Provider provider() {
        return new Provider(baseUrl, kind, models, headers, timeout);
    }
}
