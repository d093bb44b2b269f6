package io.renderfleet.jobtype.inference.keys;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A key as operators see it. It contains nothing of the secret but its last characters.
 *
 * @param id the key
 * @param domain its quota domain
 * @param weight its weight, 1 or more
 * @param last4 the last four characters of the secret, or empty if it is too short to show any
 * @param state its state now
 * @param until when the state ends by itself; null if it does not, or if that depends on a call in progress
 * @param why the cause of the state, empty if the key is ACTIVE
 * @param inUse its calls in progress in this process
 * @param calls its calls in this process since it started
 * @param successRate the share of successful calls of the last 60 seconds, 0 to 1, without requests that were refused
 *     for their content; null if there were none
 * @param latency the average latency of the successful calls of the last 60 seconds; null if there were none
 */
public record KeyView(
        KeyId id,
        DomainName domain,
        int weight,
        String last4,
        KeyState state,
        @Nullable Instant until,
        String why,
        int inUse,
        long calls,
        @Nullable Double successRate,
        @Nullable Duration latency) {}
