package io.renderfleet.api.sse;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Streams of server-sent events: of results and of alerts.
 *
 * @param maxConnections the most connections of each stream at one instance. The streams of all kinds together take at
 *     most half of the connections that the instance accepts
 * @param heartbeat the longest time without a byte, after which a comment is sent; shorter than the idle time-out of
 *     every proxy in between
 */
@Validated
@ConfigurationProperties("renderfleet.api.streams")
public record StreamSettings(
        @DefaultValue("500") @Min(0) @Max(10_000) int maxConnections,

        @DefaultValue("15s") @DurationMin(millis = 100) @DurationMax(minutes = 1)
        Duration heartbeat) {}
