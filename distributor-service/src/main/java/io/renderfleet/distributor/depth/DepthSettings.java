package io.renderfleet.distributor.depth;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How often the depths of the regions' queues are read. A refresh is one GetQueueAttributes call per region and lane in
 * use. With three regions and one lane every 2 s, that is 3 x 43,200 = 129,600 calls a day, 3.9 million a month, 1.55
 * USD at 0.40 USD per million. A distributor that routes nothing reads every 60 s: 4,320 calls a day, 0.05 USD a month.
 *
 * @param refresh the interval between refreshes while jobs are being routed
 * @param idleRefresh the interval between refreshes while no jobs are being routed
 * @param idleAfter the time after the last routed batch from which {@code idleRefresh} applies
 * @param maxAge the maximum age of a reading for routing; a batch that finds an older one waits for a new reading, for
 *     at most {@code readTimeout}
 * @param readTimeout the time limit for reading a region; a region that exceeds it does not delay the others
 * @param failuresTolerated the number of failed readings in a row after which the depth of a region is unknown; the
 *     region then gets no jobs
 * @param quietRefresh the interval between readings of a lane that is empty and that this distributor sends nothing to
 * @param drainedRefresh the interval between reads of the set of drained regions
 */
@Validated
@ConfigurationProperties("renderfleet.distributor.depth")
public record DepthSettings(
        @DefaultValue("2s") @DurationMin(millis = 1) @DurationMax(seconds = 60)
        Duration refresh,

        @DefaultValue("60s") @DurationMin(millis = 1) @DurationMax(minutes = 10)
        Duration idleRefresh,

        @DefaultValue("30s") @DurationMin(millis = 0) @DurationMax(hours = 1)
        Duration idleAfter,

        @DefaultValue("10s") @DurationMin(millis = 1) @DurationMax(minutes = 5)
        Duration maxAge,

        @DefaultValue("1s") @DurationMin(millis = 10) @DurationMax(seconds = 5)
        Duration readTimeout,

        @DefaultValue("2") @Min(1) @Max(100) int failuresTolerated,

        @DefaultValue("30s") @DurationMin(seconds = 0) @DurationMax(minutes = 10)
        Duration quietRefresh,

        @DefaultValue("5s") @DurationMin(millis = 10) @DurationMax(minutes = 5)
        Duration drainedRefresh) {}
