package io.renderfleet.jobtype.inference.keys;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How a call ended, and therefore what becomes of its key and quota domain. */
public sealed interface CallOutcome {

    /**
     * The model answered.
     *
     * @param tokensUsed the tokens that the provider counted, 0 or more
     * @param latency from the request to the end of the answer
     */
    record Succeeded(long tokensUsed, Duration latency) implements CallOutcome {
        /** @throws IllegalArgumentException if a value is negative */
        public Succeeded {
            if (tokensUsed < 0 || latency.isNegative()) {
                throw new IllegalArgumentException("tokensUsed and latency must be 0 or more");
            }
        }
    }

    /**
     * The provider refused the call because of a limit (429). The quota domain cools down, or continues at half its rate.
     *
     * @param retryAfter how long the provider wants no calls, null if it did not say; negative counts as 0, and more
     *     than 24 hours as 24 hours
     * @param increasedTooQuickly whether the provider objected to the growth of the rate and not to the rate
     */
    record RateLimited(@Nullable Duration retryAfter, boolean increasedTooQuickly) implements CallOutcome {}

    /** The quota or credit of the key is used up (402, insufficient_quota). The key is not used for an hour or more. */
    record QuotaExhausted() implements CallOutcome {}

    /** The provider does not accept the secret (401, 403). The secret is read again once; then the key is INVALID. */
    record Unauthorized() implements CallOutcome {}

    /** The endpoint failed (5xx, time-out, connection). No key or domain changes; only the statistics do. */
    record EndpointFailed() implements CallOutcome {}

    /** The provider refused the request for its content (400, 413, 422, content filter). No key or domain changes. */
    record Refused() implements CallOutcome {}

    /** The caller gave up before the call ended, or did not make it. No key, domain or statistics change. */
    record Abandoned() implements CallOutcome {}
}
