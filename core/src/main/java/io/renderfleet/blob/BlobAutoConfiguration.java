package io.renderfleet.blob;

import io.renderfleet.region.FleetSettings;
import io.renderfleet.region.RegionClients;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;

/** The store of results and artifacts. */
@AutoConfiguration(afterName = "io.renderfleet.region.RegionAutoConfiguration")
class BlobAutoConfiguration {

    @Bean
    ResultStore resultStore(RegionClients clients, FleetSettings fleet) {
        return new ResultStore(clients, new ResultLocations(BucketNames.of(fleet), fleet.regions()));
    }
}
