package io.renderfleet.worker.intake;

import io.renderfleet.queue.Lane;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The settings for receiving messages.
 *
 * @param weights the weights of the lanes, which set each lane's share of the slots of a busy worker
 * @param longPoll how long a receive of an idle worker waits for a message, from 1 to 20 seconds, the limit of SQS.
 *     Shorter waits cost more calls, and an idle worker shuts down sooner
 */
@Validated
@ConfigurationProperties("renderfleet.worker.intake")
record IntakeSettings(
        @DefaultValue @Valid Weights weights,

        @DefaultValue("20s") @DurationMin(seconds = 1) @DurationMax(seconds = 20)
        Duration longPoll) {

    /**
     * Each lane's weight relative to the other lanes that have work, from 1 to 1000.
     *
     * @param high the weight of the lane HIGH
     * @param normal the weight of the lane NORMAL
     * @param low the weight of the lane LOW
     * @param ordered the weight of the lane ORDERED, for jobs with an ordering key
     */
    record Weights(
            @DefaultValue("70") @Min(1) @Max(1000) int high,
            @DefaultValue("25") @Min(1) @Max(1000) int normal,
            @DefaultValue("5") @Min(1) @Max(1000) int low,
            @DefaultValue("25") @Min(1) @Max(1000) int ordered) {

        Map<Lane, Integer> of(Collection<Lane> lanes) {
            Map<Lane, Integer> weights = new EnumMap<>(Lane.class);
            lanes.forEach(lane -> weights.put(lane, of(lane)));
            return weights;
        }

        private int of(Lane lane) {
            return switch (lane) {
                case HIGH -> high;
                case NORMAL -> normal;
                case LOW -> low;
                case ORDERED -> ordered;
            };
        }
    }
}
