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
 * How messages are taken.
 *
 * @param weights of the lanes
 * @param longPoll how long an idle worker's receive waits for a message; SQS's own limit is 20 s. Shorter ones cost
 *     more calls and let an idle worker stop sooner.
 */
@Validated
@ConfigurationProperties("renderfleet.worker.intake")
record IntakeSettings(
        @DefaultValue @Valid Weights weights,

        @DefaultValue("20s") @DurationMin(seconds = 1) @DurationMax(seconds = 20)
        Duration longPoll) {

    /** What each lane takes of a busy worker, relative to those of the other lanes that have work. */
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
