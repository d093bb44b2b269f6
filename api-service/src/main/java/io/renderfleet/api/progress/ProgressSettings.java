package io.renderfleet.api.progress;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How clients follow jobs.
 *
 * @param poll the time between two reads of the jobs that are followed at this instance. All of them are read together,
 *     100 with each call of DynamoDB
 * @param maxJobs the most jobs that are followed at this instance at a time
 * @param maxStreams the most streams of progress at this instance. The streams of all kinds together take at most half of
 *     the connections that the instance accepts
 * @param maxStreamsPerUser the most streams of progress of one user at this instance
 * @param maxWaits the most requests that wait for the end of a job at this instance. A request beyond it does not wait
 * @param maxWaitsPerUser the most such requests of one user
 */
@Validated
@ConfigurationProperties("renderfleet.api.progress")
public record ProgressSettings(
        @DefaultValue("1s") @DurationMin(millis = 100) @DurationMax(seconds = 30)
        Duration poll,

        @DefaultValue("20000") @Min(1) @Max(100_000) int maxJobs,
        @DefaultValue("2000") @Min(0) @Max(10_000) int maxStreams,
        @DefaultValue("100") @Min(0) @Max(10_000) int maxStreamsPerUser,
        @DefaultValue("500") @Min(0) @Max(10_000) int maxWaits,
        @DefaultValue("100") @Min(0) @Max(10_000) int maxWaitsPerUser) {}
