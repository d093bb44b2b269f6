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
 * How messages are received from the master queues. An idle loop costs one receive per {@code longPoll}: two loops at
 * 20 s on each of four lanes make 34,560 calls a day, 0.41 USD a month.
 *
 * @param loops the number of poll loops for each pool and lane; 0 to receive nothing
 * @param lanes the lanes whose master queues are polled
 * @param longPoll the time that a receive waits for messages, 0 to 20 s
 * @param visibility the time for which a received message is hidden, and so the delay of a job whose distributor died
 *     while routing it. A batch usually takes less than a second; with all time limits used up it takes about 35 s
 *     (receiving 7 s, reading depths 1 s, writing routes 10 s, forwarding 7 s, deleting 10 s). A batch that takes
 *     longer than the visibility is routed twice, and the second copy of each job is dropped when it is claimed
 * @param gather the maximum number of additional receives, without waiting, after one that returned ten messages; so
 *     that each region gets full batches under load
 * @param routeTimeout the time limit for writing the routes of one batch
 * @param hold the time for which a message that cannot be routed now is deferred at first; it doubles with each receipt
 * @param maxHold the maximum time for which such a message is deferred
 * @param grace the time for which open polls may still receive messages when the service stops; these are released at
 *     once. If a poll is abandoned instead, SQS still completes it and hides its messages for {@code visibility}
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
