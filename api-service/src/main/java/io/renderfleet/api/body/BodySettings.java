package io.renderfleet.api.body;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How fast the body of a request has to arrive.
 *
 * @param minimumRate the bytes that have to arrive in each second on average, once the grace is over
 * @param grace how long a body may be slower than that at its start
 * @param timeout how long a whole body may take
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
