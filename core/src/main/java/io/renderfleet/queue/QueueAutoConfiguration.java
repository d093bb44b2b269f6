package io.renderfleet.queue;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Metrics;
import io.renderfleet.region.FleetSettings;
import io.renderfleet.region.RegionClients;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/** The queues of every region. */
@AutoConfiguration(afterName = "io.renderfleet.region.RegionAutoConfiguration")
@EnableConfigurationProperties(QueueSettings.class)
class QueueAutoConfiguration {

    @Bean
    JobQueues jobQueues(
            FleetSettings fleet, RegionClients clients, QueueSettings settings, ObjectProvider<MeterRegistry> meters) {
        return new JobQueues(fleet, clients, settings, meters.getIfAvailable(() -> Metrics.globalRegistry));
    }
}
