package io.renderfleet.distributor.intake;

import io.renderfleet.queue.Lane;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotEmpty;
import java.time.Duration;
import java.util.Set;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How messages are taken off the master queues. An idle loop costs one receive per {@code longPoll}: two of them at 20 s
 * on each of four lanes are 34,560 calls a day, 0.41 USD a month.
 *
 * @param loops poll loops per lane; 0 takes nothing
 * @param lanes which master queues
 * @param longPoll how long an empty receive waits, 0 to 20 s
 * @param visibility how long a received message stays hidden, and so how long a job waits whose distributor died with it
 *     in hand. A batch takes well under a second, and at the worst, with every time limit used up, about 35 s (gathering
 *     7 s, readings 1 s, routes 10 s, forwarding 7 s, acknowledging 10 s); one that outlasts this is routed twice, and
 *     the second copy of a job is dropped where it is claimed
 * @param gather after a full receive, how many more are added to the batch without waiting, so that each region gets
 *     full batches when there is a lot to do
 * @param routeTimeout how long the routes of one batch may take to write
 * @param hold for how long a message that could not go anywhere is hidden at first; doubled with each further receipt
 * @param maxHold the longest it is hidden
 * @param grace how long an open poll may still bring messages when the service stops; they are given back at once, while
 *     SQS goes on serving an abandoned poll and hides what arrives then for a whole {@code visibility}
 */
@Validated
@ConfigurationProperties("renderfleet.distributor.intake")
record IntakeSettings(
        @DefaultValue("2") @Min(0) @Max(64) int loops,

        @DefaultValue({"HIGH", "NORMAL", "LOW", "ORDERED"}) @NotEmpty
        Set<Lane> lanes,

        @DefaultValue("20s") @DurationMin(seconds = 0) @DurationMax(seconds = 20)
        Duration longPoll,

        @DefaultValue("30s") @DurationMin(seconds = 10) @DurationMax(hours = 1)
        Duration visibility,

        @DefaultValue("3") @Min(0) @Max(9) int gather,

        @DefaultValue("10s") @DurationMin(seconds = 1) @DurationMax(seconds = 20)
        Duration routeTimeout,

        @DefaultValue("5s") @DurationMin(seconds = 1) @DurationMax(minutes = 5)
        Duration hold,

        @DefaultValue("5m") @DurationMin(seconds = 1) @DurationMax(hours = 1)
        Duration maxHold,

        @DefaultValue("20s") @DurationMin(seconds = 0) @DurationMax(seconds = 20)
        Duration grace) {
    IntakeSettings {
        lanes = Set.copyOf(lanes);
    }
}
