package io.renderfleet.api.queue;

import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How messages are sent to the master queues.
 *
 * @param sendTimeout the time that a request waits for SQS to accept its message; then the request fails with 503
 * @param retryAfter the value of {@code Retry-After} when a master queue is unavailable
 */
@Validated
@ConfigurationProperties("renderfleet.api.master-queue")
public record MasterQueueSettings(
        @DefaultValue("5s") @DurationMin(millis = 1) @DurationMax(seconds = 30)
        Duration sendTimeout,

        @DefaultValue("2s") @DurationMin(seconds = 1) @DurationMax(minutes = 10)
        Duration retryAfter) {}
