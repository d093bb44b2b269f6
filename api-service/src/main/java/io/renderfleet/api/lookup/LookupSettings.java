package io.renderfleet.api.lookup;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How jobs and their results are returned.
 *
 * @param cursorSecret the key that signs the cursors of listings, 32 characters or more. Set the same value on all
 *     instances behind one address. If empty, each process uses a random key, and a cursor is valid only at the
 *     instance that made it, until it restarts
 * @param linkLifetime the time for which a link to a result or an artifact is valid, from 1 second to 15 minutes
 * @param pollAfter the value of {@code Retry-After} for a job that is not over, in whole seconds
 */
@ConfigurationProperties("renderfleet.api")
record LookupSettings(
        @DefaultValue("") String cursorSecret,
        @DefaultValue("15m") Duration linkLifetime,
        @DefaultValue("1s") Duration pollAfter) {
    private static final Duration MAX_LIFETIME = Duration.ofMinutes(15);
    private static final int MIN_SECRET = 32;

    LookupSettings {
        if (linkLifetime.compareTo(Duration.ofSeconds(1)) < 0 || linkLifetime.compareTo(MAX_LIFETIME) > 0) {
            throw new IllegalArgumentException("renderfleet.api.link-lifetime must be from 1s to 15m");
        }
        if (!cursorSecret.isEmpty() && cursorSecret.length() < MIN_SECRET) {
            throw new IllegalArgumentException(
                    "renderfleet.api.cursor-secret must have " + MIN_SECRET + " characters or more");
        }
    }

    /** Omits the secret. */
    @Override
    public String toString() {
        return "LookupSettings[linkLifetime=" + linkLifetime + ", pollAfter=" + pollAfter + "]";
    }
}
