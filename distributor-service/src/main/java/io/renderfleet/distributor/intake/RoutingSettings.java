package io.renderfleet.distributor.intake;

import io.renderfleet.distributor.placement.StandardPolicy;
import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How the region of a job is chosen.
 *
 * @param policy the routing policy: {@code inverse-load} or {@code round-robin}
 * @param depthLimit the number of jobs of a pool, waiting and running, at which a region gets no more jobs of that pool
 */
@Validated
@ConfigurationProperties("renderfleet.distributor")
record RoutingSettings(
        @DefaultValue("inverse-load") StandardPolicy policy,
        @DefaultValue("5000") @Min(1) long depthLimit) {}
