package io.renderfleet.api.body;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Limits on the bodies of requests: the time in which they have to arrive, after which a request gets 408
 * {@code upload-too-slow}, and the memory that they use.
 *
 * @param minimumRate the bytes per second that have to arrive; 0 for no minimum
 * @param grace the time by which a body may be late at any moment, compared with the minimum rate; also the longest
 *     pause in which nothing arrives
 * @param timeout the time limit for the whole body; longer than the grace period
 * @param memory the largest number of bytes of JSON bodies in memory at the same time, from all requests together, from
 *     their arrival to the end of the request. While a body is parsed, it takes several times its size. One body may
 *     use up to half of it, whatever other limits allow
 */
@ConfigurationProperties("renderfleet.api.body")
record BodySettings(
        @DefaultValue("8KB") DataSize minimumRate,
        @DefaultValue("10s") Duration grace,
        @DefaultValue("5m") Duration timeout,
        @DefaultValue("32MB") DataSize memory) {

    BodySettings {
        if (minimumRate.isNegative()) {
            throw new IllegalArgumentException("renderfleet.api.body.minimum-rate must be 0 or more bytes");
        }
        if (!grace.isPositive() || timeout.compareTo(grace) <= 0) {
            throw new IllegalArgumentException("renderfleet.api.body.grace must be longer than 0, and"
                    + " renderfleet.api.body.timeout must be longer than renderfleet.api.body.grace");
        }
        if (memory.toBytes() < 4L * BodyMemory.SMALL_BODY) {
            throw new IllegalArgumentException(
                    "renderfleet.api.body.memory must be at least " + 4 * BodyMemory.SMALL_BODY / 1024 + " KB");
        }
    }
}
