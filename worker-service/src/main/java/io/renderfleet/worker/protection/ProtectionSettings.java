package io.renderfleet.worker.protection;

import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The settings of the task's scale-in protection.
 *
 * @param agentUri the address of the ECS agent, by default the variable {@code ECS_AGENT_URI}, which ECS sets in every
 *     container. Empty if the worker does not run on ECS; then there is no protection
 * @param duration how long a protection lasts without a renewal, in whole minutes, from 1 to 2880 minutes. A worker
 *     renews it before half of it has passed
 * @param idle how long a worker must have had no job before it removes its protection, up to 10 minutes, because the
 *     short gaps of a busy worker are not worth two calls
 * @param blockedPause how long to receive no jobs after ECS has reported that a deployment is replacing the task, from
 *     1 second to 10 minutes
 * @param timeout the time limit of a call to the agent, from 100 milliseconds to 2 seconds
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
