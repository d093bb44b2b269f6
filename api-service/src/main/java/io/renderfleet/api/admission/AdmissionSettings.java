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
 * How much may be under way. How fast a user may send is {@code resilience4j.ratelimiter.configs.user}.
 *
 * @param inFlight open jobs of one user; 0 for no limit
 * @param masterDepth jobs on the master queues of one pool, of all lanes; 0 for no limit
 * @param refresh how long a count of a user's jobs or a reading of the queues is good for, while jobs come in. A
 *     reading is four GetQueueAttributes: every 2 s without end, 5.2 million a month, 2.07 USD at 0.40 USD a million
 * @param users how many users are remembered; one who is forgotten starts anew
 * @param forgetAfter when a user who sends nothing is forgotten
 * @param retryAfter when to send a request again that found no room
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
