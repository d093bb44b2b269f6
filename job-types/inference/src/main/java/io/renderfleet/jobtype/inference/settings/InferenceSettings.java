package io.renderfleet.jobtype.inference.settings;

import io.renderfleet.completion.CompletionSinks;
import io.renderfleet.job.CompletionRequest;
import io.renderfleet.region.RegionId;
import io.renderfleet.upload.UploadLimits;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * The settings of inference jobs. The API and the workers of a deployment must have the same.
 *
 * @param calls the most calls of models that a worker makes at the same time, 1 to 10,000
 * @param pools the pools of API keys, by name. Each offers models, and no two offer the same one. Without a pool, inference
 *     jobs are not accepted
 * @param templates the event templates, by name: how events become jobs
 * @param events the limits of events
 * @param images the settings for images
 * @param cache which answers are kept for repeated questions
 * @param inputs the limits of {@code PUT /inputs/{name}}
 * @param batches the limits of {@code POST /batches}
 * @param sinks what is told when a job has ended: {@code live} and {@code alerts} are parts of the API; {@code kafka} is the
 *     bridge. Every other sink needs a queue of its own, {@code renderfleet-<env>-completions-<sink>}
 */
@Validated
@ConfigurationProperties(prefix = InferenceSettings.PREFIX, ignoreUnknownFields = false)
public record InferenceSettings(
        @DefaultValue("50") @Min(1) @Max(10_000) int calls,
        @DefaultValue Map<String, @Valid KeyPoolDefinition> pools,
        @DefaultValue Map<String, @Valid EventTemplateDefinition> templates,
        @DefaultValue @Valid EventSettings events,
        @DefaultValue @Valid ImageSettings images,
        @DefaultValue @Valid CacheSettings cache,
        @DefaultValue @Valid InputSettings inputs,
        @DefaultValue @Valid BatchSettings batches,

        @DefaultValue({CompletionSinks.LIVE, CompletionSinks.ALERTS})
        Set<String> sinks) {
    static final String PREFIX = "renderfleet.inference";
    private static final Set<String> REDIS = Set.of("redis", "rediss");

    /** @throws IllegalArgumentException if two pools offer the same model, or a value is not accepted */
    public InferenceSettings {
        pools = Map.copyOf(pools);
        templates = Map.copyOf(templates);
        sinks = new CompletionRequest(sinks, Map.of()).sinks();
        if (inputs.disk().toBytes() < 2 * images.maxBytes().toBytes()) {
            throw new IllegalArgumentException(
                    PREFIX + ".inputs.disk must be at least twice " + PREFIX + ".images.max-bytes");
        }
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

    /** The pools whose keys the workers of a region use. */
    public Map<String, KeyPoolDefinition> poolsIn(RegionId region) {
        return pools.entrySet().stream()
                .filter(pool -> pool.getValue().isUsedIn(region))
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** The only regions that can run the jobs of a model; empty for all, and for a model that no pool offers. */
    public Set<RegionId> regionsOf(String model) {
        return poolOf(model).map(pools::get).map(KeyPoolDefinition::regions).orElse(Set.of());
    }

    /**
     * Checks that the pools are for regions of the deployment.
     *
     * @throws IllegalArgumentException if a pool is for another region
     */
    public void checkRegions(Collection<RegionId> deployed) {
        pools.forEach((pool, definition) -> definition.regions().stream()
                .filter(region -> !deployed.contains(region))
                .findFirst()
                .ifPresent(region -> {
                    throw new IllegalArgumentException(PREFIX + ".pools." + pool + ".regions has the region " + region
                            + ", which this deployment does not have; its regions are "
                            + deployed.stream().map(RegionId::value).sorted().collect(Collectors.joining(", ")));
                }));
    }

    /** What is wrong with a model that no pool offers, as a violation says it. */
    public String modelViolation() {
        return pools.isEmpty()
                ? "cannot be used, because this deployment offers no models; set " + PREFIX + ".pools"
                : "must be one of the models that this deployment offers: " + String.join(", ", models());
    }

    /** The pool that offers this model, under its name in requests; empty if none does. */
    public Optional<String> poolOf(String model) {
        return pools.entrySet().stream()
                .filter(pool -> pool.getValue().models().containsKey(model))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    /**
     * The limits of events.
     *
     * @param maxBody the largest body of {@code POST /events}, with the images in it
     */
    public record EventSettings(@DefaultValue("4MB") DataSize maxBody) {}

    /**
     * The settings for the images of inference jobs.
     *
     * @param hosts the hosts from which workers fetch images by https, such as {@code images.example.com}, or {@code
     *     *.example.com} for all hosts below example.com; empty for none. Never hosts that users control
     * @param maxBytes the largest image, and the most bytes of the images of a task together; 1 KB to 64 MB
     * @param timeout the longest time to fetch an image, 100 ms to one minute
     */
    public record ImageSettings(
            @DefaultValue List<String> hosts,
            @DefaultValue("20MB") DataSize maxBytes,
            @DefaultValue("10s") Duration timeout) {
        private static final String IMAGES = PREFIX + ".images.";

        /** A name with a dot whose last part is not a number, so that no address is one. */
        private static final Pattern HOST =
                Pattern.compile("(\\*\\.)?([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]([a-z0-9-]*[a-z0-9])?");

        private static final DataSize LEAST = DataSize.ofKilobytes(1);
        private static final DataSize MOST = DataSize.ofMegabytes(64);
        private static final Duration SHORTEST = Duration.ofMillis(100);
        private static final Duration LONGEST = Duration.ofMinutes(1);

        /** @throws IllegalArgumentException if a value is not accepted; the message names its setting */
        public ImageSettings {
            hosts = List.copyOf(hosts);
            for (String host : hosts) {
                if (!HOST.matcher(host).matches()) {
                    throw new IllegalArgumentException(IMAGES + "hosts must be names of hosts in lower case, such as"
                            + " images.example.com or *.example.com, and no addresses; '" + host + "' is not");
                }
            }
            if (maxBytes.compareTo(LEAST) < 0 || maxBytes.compareTo(MOST) > 0) {
                throw new IllegalArgumentException(IMAGES + "max-bytes must be 1KB to 64MB; it is " + maxBytes);
            }
            if (timeout.compareTo(SHORTEST) < 0 || timeout.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException(IMAGES + "timeout must be 100ms to 1m; it is " + timeout);
            }
        }
    }

    /**
     * Which answers to requests with temperature 0 are kept for repeated questions of the same user.
     *
     * @param keep how long an answer is kept, up to 24 hours; 0 for not at all
     * @param size the most memory of a worker for answers, roughly; not used with Redis
     * @param redis the address of a Redis that keeps the answers of all workers, such as {@code
     *     rediss://user:password@host:6379}; null if each worker keeps its own. Without a response of it, models are asked
     */
    public record CacheSettings(
            @DefaultValue("5m") @DurationMin(seconds = 0) @DurationMax(hours = 24)
            Duration keep,

            @DefaultValue("16MB") DataSize size,
            @Nullable URI redis) {

        /** @throws IllegalArgumentException if the address is not one of Redis */
        public CacheSettings {
            if (redis != null && (!REDIS.contains(String.valueOf(redis.getScheme())) || redis.getHost() == null)) {
                throw new IllegalArgumentException(
                        PREFIX
                                + ".cache.redis must be the address of a Redis, such as redis://localhost:6379, or rediss: with TLS");
            }
        }
    }

    /**
     * The limits of uploaded images. The largest one is {@link ImageSettings#maxBytes()}.
     *
     * @param disk the disk space for all uploads in progress together; at least twice the largest image
     * @param concurrent the largest number of uploads in progress, each in a temporary file. Half of them may be long
     *     uploads
     * @param longAfter the time after which an upload in progress counts as long
     */
    public record InputSettings(
            @DefaultValue("160MB") DataSize disk,
            @DefaultValue("64") @Min(2) @Max(1000) int concurrent,
            @DefaultValue("10s") Duration longAfter) {}

    /** The limits of uploaded images. */
    public UploadLimits uploads() {
        return new UploadLimits(images.maxBytes(), inputs.disk(), inputs.concurrent(), inputs.longAfter());
    }
}
