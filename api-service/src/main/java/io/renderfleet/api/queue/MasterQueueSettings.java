package io.renderfleet.api.queue;

import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How messages get to the master queues.
 *
 * @param sendTimeout how long a request waits for SQS to take its message
 * @param retryAfter when to send a request again that found the queue unavailable
 */
@Validated
@ConfigurationProperties("renderfleet.api.master-queue")
public record MasterQueueSettings(
        @DefaultValue("5s") @DurationMin(millis = 1) @DurationMax(seconds = 30)
        Duration sendTimeout,

        @DefaultValue("2s") @DurationMin(seconds = 1) @DurationMax(minutes = 10)
        Duration retryAfter) {}
