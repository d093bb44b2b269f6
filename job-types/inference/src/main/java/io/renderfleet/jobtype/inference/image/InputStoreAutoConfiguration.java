package io.renderfleet.jobtype.inference.image;

import io.renderfleet.jobtype.inference.settings.InferenceSettings;
import io.renderfleet.region.FleetSettings;
import io.renderfleet.region.RegionClients;
import java.time.Clock;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/** Configures the store of uploaded images, to which the API writes and from which workers read. */
@AutoConfiguration(
        afterName = {"io.renderfleet.region.RegionAutoConfiguration", "io.renderfleet.job.JobAutoConfiguration"})
@EnableConfigurationProperties(InferenceSettings.class)
public class InputStoreAutoConfiguration {

    @Bean
    InputStore inputStore(RegionClients clients, FleetSettings fleet, Clock clock) {
        return new InputStore(
                clients.s3(fleet.homeRegion()), InputStore.bucket(fleet.env(), fleet.bucketSuffix()), clock);
    }
}
