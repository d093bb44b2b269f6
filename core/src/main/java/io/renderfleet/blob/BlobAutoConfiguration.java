package io.renderfleet.blob;

import io.renderfleet.region.FleetSettings;
import io.renderfleet.region.RegionClients;
import java.time.Clock;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;

/** The stores of designs and results. */
@AutoConfiguration(
        afterName = {"io.renderfleet.region.RegionAutoConfiguration", "io.renderfleet.job.JobAutoConfiguration"})
class BlobAutoConfiguration {

    @Bean
    DesignStore designStore(RegionClients clients, FleetSettings fleet, Clock clock) {
        return new DesignStore(
                clients.s3(fleet.homeRegion()), BucketNames.of(fleet).designs(), clock);
    }

    @Bean
    ResultStore resultStore(RegionClients clients, FleetSettings fleet) {
        return new ResultStore(clients, BucketNames.of(fleet));
    }
}
