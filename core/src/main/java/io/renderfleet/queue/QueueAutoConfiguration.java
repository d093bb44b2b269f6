package io.renderfleet.queue;

import io.renderfleet.region.FleetSettings;
import io.renderfleet.region.RegionClients;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/** The queues of every region. */
@AutoConfiguration(afterName = "io.renderfleet.region.RegionAutoConfiguration")
@EnableConfigurationProperties(QueueSettings.class)
class QueueAutoConfiguration {

    @Bean
    JobQueues jobQueues(FleetSettings fleet, RegionClients clients, QueueSettings settings) {
        return new JobQueues(fleet, clients, settings);
    }
}
