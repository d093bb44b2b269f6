package io.renderfleet.jobtype.render.design;

import io.renderfleet.region.FleetSettings;
import io.renderfleet.region.RegionClients;
import java.time.Clock;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;

/** Configures the store of designs, to which the API writes and from which workers read. */
@AutoConfiguration(
        afterName = {"io.renderfleet.region.RegionAutoConfiguration", "io.renderfleet.job.JobAutoConfiguration"})
public class DesignStoreAutoConfiguration {

    @Bean
    DesignStore designStore(RegionClients clients, FleetSettings fleet, Clock clock) {
        return new DesignStore(
                clients.s3(fleet.homeRegion()), DesignStore.bucket(fleet.env(), fleet.bucketSuffix()), clock);
    }
}
