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
 * When a job counts as standing still. A sweep is one query per shard of the index of open jobs, seventeen: every
 * 30 s they are 48,960 a day, half a read unit each when nothing is due, 0.09 USD a month.
 *
 * @param sweep how often open jobs are swept; zero for never
 * @param batch so many jobs of a shard are looked at in one go
 * @param lostAfter a job that has waited or run without a sign for so long, with no message in its queue, has lost it
 * @param unreachableAfter a job that has waited for so long in a region that is drained or does not answer goes
 *     elsewhere
 * @param rerouteAfter a job that has waited for so long goes to a region with a much shorter queue, if there is one
 * @param letters how often dead letters are looked at; zero for never
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
                    + " a job that has lost its message would be taken for one that waits too long")
    boolean isRerouteAfterTheLongest() {
        return rerouteAfter.compareTo(lostAfter) >= 0;
    }
}
