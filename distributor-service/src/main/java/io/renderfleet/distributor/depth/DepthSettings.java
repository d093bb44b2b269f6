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
 * How often the regions are asked for their depth. A refresh is one GetQueueAttributes per region and lane in use:
 * with three regions and one lane every 2 s that is 3 x 43,200 = 129,600 calls a day, 3.9 million a month, 1.55 USD at 0.40 USD a
 * million. A distributor that routes nothing asks every 60 s instead: 4,320 calls a day, 0.05 USD a month.
 *
 * @param refresh while there is work
 * @param idleRefresh while there is none
 * @param idleAfter so long after the last work there counts as none
 * @param maxAge a batch that finds an older reading waits for a new one, at most for {@code readTimeout}
 * @param readTimeout how long a region has to answer; one that does not never delays the others
 * @param failuresTolerated readings in a row without an answer that make a region's depth unknown
 * @param quietRefresh how often a lane is asked that is empty and that nothing is sent to
 * @param drainedRefresh how often to look which regions an operator has closed
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
