package io.renderfleet.api.body;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Limits on the time in which the body of a request has to arrive. A slower request gets 408 {@code upload-too-slow}.
 *
 * @param minimumRate the bytes per second that have to arrive on average after the grace period; 0 for no minimum
 * @param grace the time from the start of the body during which it may arrive more slowly than the minimum rate
 * @param timeout the time limit for the whole body; longer than the grace period
 */
@ConfigurationProperties("renderfleet.api.body")
record BodySettings(
        @DefaultValue("8KB") DataSize minimumRate,
        @DefaultValue("10s") Duration grace,
        @DefaultValue("5m") Duration timeout) {

    BodySettings {
        if (minimumRate.isNegative()) {
            throw new IllegalArgumentException("renderfleet.api.body.minimum-rate must be 0 or more bytes");
        }
        if (grace.isNegative() || timeout.compareTo(grace) <= 0) {
            throw new IllegalArgumentException(
                    "renderfleet.api.body.timeout must be longer than renderfleet.api.body.grace");
        }
    }
}
