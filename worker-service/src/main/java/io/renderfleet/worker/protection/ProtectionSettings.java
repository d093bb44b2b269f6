package io.renderfleet.worker.protection;

import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How the task is protected.
 *
 * @param agentUri where the ECS agent answers, which ECS tells every container as {@code ECS_AGENT_URI}; empty where
 *     there is none
 * @param duration how long a protection holds unless it is renewed, in whole minutes; renewed before half of it is over
 * @param idle how long there has been no work when it is given up: a busy worker has gaps that are not worth two calls
 * @param blockedPause for how long no work is taken when ECS says that a deployment is replacing this task
 * @param timeout of a call
 */
@Validated
@ConfigurationProperties("renderfleet.worker.protection")
record ProtectionSettings(
        @DefaultValue("") String agentUri,

        @DefaultValue("30m") @DurationMin(minutes = 1) @DurationMax(minutes = 2880)
        Duration duration,

        @DefaultValue("5s") @DurationMin(seconds = 0) @DurationMax(minutes = 10)
        Duration idle,

        @DefaultValue("15s") @DurationMin(seconds = 1) @DurationMax(minutes = 10)
        Duration blockedPause,

        @DefaultValue("2s") @DurationMin(millis = 100) @DurationMax(seconds = 2)
        Duration timeout) {}
