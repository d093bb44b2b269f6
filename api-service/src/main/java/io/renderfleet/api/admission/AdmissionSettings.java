package io.renderfleet.api.admission;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Limits on jobs that are not over. The submission rate of each user is limited by
 * {@code resilience4j.ratelimiter.configs.user}.
 *
 * @param inFlight the maximum number of open jobs of one user; 0 for no limit
 * @param masterDepth the maximum number of jobs on the master queues of one pool, over all lanes; 0 for no limit
 * @param refresh the minimum time between two counts of a user's open jobs and between two readings of the master
 *     queues, while jobs are submitted. A reading is four GetQueueAttributes calls; at one every 2 s without pause
 *     these are 5.2 million a month, 2.07 USD at 0.40 USD per million
 * @param users the maximum number of users whose rate and open jobs an instance remembers; for others, both start at 0
 * @param forgetAfter the time after which a user who submits no jobs is forgotten
 * @param retryAfter the value of {@code Retry-After} when the open jobs or the master queues are at their limit
 */
@Validated
@ConfigurationProperties("renderfleet.api.admission")
record AdmissionSettings(
        @DefaultValue("100000") @Min(0) @Max(10_000_000) int inFlight,
        @DefaultValue("200000") @Min(0) @Max(100_000_000) long masterDepth,

        @DefaultValue("2s") @DurationMin(millis = 1) @DurationMax(minutes = 1)
        Duration refresh,

        @DefaultValue("50000") @Min(1) @Max(10_000_000) int users,

        @DefaultValue("10m") @DurationMin(seconds = 1) @DurationMax(days = 1)
        Duration forgetAfter,

        @DefaultValue("5s") @DurationMin(seconds = 1) @DurationMax(minutes = 10)
        Duration retryAfter) {}
