package io.renderfleet.distributor.recovery;

import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * When open jobs are recovered. A sweep is one query for each of the 17 shards of the index of open jobs. At one sweep
 * every 30 s, that is 48,960 queries a day of half a read unit each while no job is due, 0.09 USD a month.
 *
 * @param sweep the interval between sweeps of the open jobs by the watchdog; 0 to never sweep
 * @param batch the number of due jobs that are read from a shard at a time
 * @param lostAfter the time without progress after which a job whose queue is empty is considered to have lost its
 *     message
 * @param unreachableAfter the time without progress after which a job in a drained or unreachable region is routed to
 *     another region
 * @param rerouteAfter the time without progress after which a job is routed to a region with at most half of the load,
 *     if there is one; not shorter than {@code lostAfter}
 * @param letters the interval between runs of the reaper, which ends the jobs of dead letters; 0 to never run it
 */
@Validated
@ConfigurationProperties("renderfleet.distributor.recovery")
record RecoverySettings(
        @DefaultValue("30s") @DurationMin(seconds = 0) @DurationMax(hours = 1)
        Duration sweep,

        @DefaultValue("100") @Min(1) @Max(1000) int batch,

        @DefaultValue("60s") @DurationMin(seconds = 1) @DurationMax(hours = 1)
        Duration lostAfter,

        @DefaultValue("60s") @DurationMin(seconds = 1) @DurationMax(hours = 1)
        Duration unreachableAfter,

        @DefaultValue("15m") @DurationMin(seconds = 1) @DurationMax(hours = 12)
        Duration rerouteAfter,

        @DefaultValue("60s") @DurationMin(seconds = 0) @DurationMax(hours = 1)
        Duration letters) {

    @AssertTrue(
            message = "renderfleet.distributor.recovery.reroute-after must not be shorter than lost-after:"
                    + " otherwise a job that lost its message would be handled as a job that has waited too long")
    boolean isRerouteAfterTheLongest() {
        return rerouteAfter.compareTo(lostAfter) >= 0;
    }
}
