package io.renderfleet.jobtype.inference.fleet;

import io.micrometer.core.instrument.MeterRegistry;
import io.renderfleet.job.WorkerId;
import io.renderfleet.jobtype.JobRunners;
import io.renderfleet.jobtype.inference.settings.InferenceSettings;
import io.renderfleet.region.FleetSettings;
import io.renderfleet.region.RegionId;
import io.renderfleet.telemetry.LoopHealth;
import java.time.Clock;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Adds the shared key pools to the worker service. */
@AutoConfiguration(afterName = "io.renderfleet.job.JobAutoConfiguration")
@ConditionalOnBean(JobRunners.class)
@EnableConfigurationProperties(InferenceSettings.class)
public class InferenceKeysAutoConfiguration {

    /** @param region where this worker runs, which decides what keys it uses */
    @Bean
    FleetKeys fleetKeys(
            InferenceSettings settings,
            DynamoDbClient client,
            FleetSettings fleet,
            RegionId region,
            WorkerId worker,
            LoopHealth health,
            MeterRegistry registry,
            Clock clock) {
        settings.checkRegions(fleet.regions());
        return new FleetKeys(
                settings.poolsIn(region),
                new FleetItems(client, fleet.env()),
                new SecretReader(System::getenv),
                worker.value(),
                health,
                registry,
                clock);
    }
}
