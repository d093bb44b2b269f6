package io.renderfleet.api.lookup;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How jobs are looked up.
 *
 * @param cursorSecret what signs the cursors of listings: the same text, 32 characters or more, on every instance
 *     behind one address; empty for a random one per process
 * @param linkLifetime how long a link to a result works, at most 15 minutes
 * @param pollAfter when to ask again for a job that is not finished
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

    /** Leaves the secret out. */
    @Override
    public String toString() {
        return "LookupSettings[linkLifetime=" + linkLifetime + ", pollAfter=" + pollAfter + "]";
    }
}
