package io.renderfleet.distributor.intake;

import io.renderfleet.distributor.placement.StandardPolicy;
import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How regions are chosen.
 *
 * @param policy by name: {@code inverse-load} or {@code round-robin}
 * @param depthLimit a region with this many jobs of a pool gets no more of that pool
 */
@Validated
@ConfigurationProperties("renderfleet.distributor")
record RoutingSettings(
        @DefaultValue("inverse-load") StandardPolicy policy,
        @DefaultValue("5000") @Min(1) long depthLimit) {}
