package io.renderfleet.jobtype.inference.fleet;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.renderfleet.jobtype.inference.keys.KeyState;
import io.renderfleet.region.RegionId;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A pool of keys as operators see it.
 *
 * @param pool its name in the settings
 * @param regions the only regions whose workers use it; empty for all
 * @param workers the workers that used it in the last minute
 */
@Schema(name = "KeyPool")
record KeyPoolView(String pool, List<RegionId> regions, int workers, List<Domain> domains, List<Key> keys) {

    /** All pools, by their names. */
    @Schema(name = "KeyPools")
    record Answer(List<KeyPoolView> pools) {}

    /**
     * A quota domain, with the provider's limits. A limit that does not exist is left out.
     *
     * @param free the permits that no worker holds; negative for a moment after the limit was lowered
     * @param held the permits that workers hold
     */
    @Schema(name = "QuotaDomain")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Domain(
            String domain,
            @Nullable Long rpm,
            @Nullable Long tpm,
            @Nullable Long rps,
            int concurrency,
            int free,
            int held) {}

    /**
     * A key.
     *
     * @param last4 the last four characters of the secret; empty if no worker has reported them, or the secret is short
     * @param until when the state ends by itself
     * @param why the cause of the state; empty if the key is ACTIVE
     * @param inUse its calls in progress, at the workers that used the pool in the last minute
     * @param calls its calls since these workers started
     * @param successRate the share of successful calls of the last minute, 0 to 1, on average over these workers
     * @param latencyMs the average latency of these calls in milliseconds, on average over these workers
     */
    @Schema(name = "PoolKey")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Key(
            String id,
            String domain,
            int weight,
            String last4,
            KeyState state,
            @Nullable Instant until,
            String why,
            long inUse,
            long calls,
            @Nullable Double successRate,
            @Nullable Long latencyMs,
            @Nullable Verification verification) {}

    /**
     * The latest verification of a key. While it has only {@code requestedAt}, no worker has made the call.
     *
     * @param at when the call ended
     * @param ok whether the provider accepted the key
     * @param why the outcome in words
     */
    @Schema(name = "KeyVerification")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Verification(
            @Nullable Instant requestedAt,
            @Nullable Instant at,
            @Nullable Boolean ok,
            @Nullable String why,
            @Nullable Long latencyMs) {}
}
