package io.renderfleet.jobtype.inference.fleet;

import io.renderfleet.jobtype.JobTypes;
import io.renderfleet.jobtype.inference.settings.InferenceSettings;
import io.renderfleet.region.FleetSettings;
import java.time.Clock;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Adds the operator calls for keys to the API service. */
@AutoConfiguration(afterName = "io.renderfleet.job.JobAutoConfiguration")
@ConditionalOnBean(JobTypes.class)
@EnableConfigurationProperties(InferenceSettings.class)
class KeysApiAutoConfiguration {

    @Bean
    KeysController keysController(InferenceSettings settings, DynamoDbClient client, FleetSettings fleet, Clock clock) {
        return new KeysController(new KeyAdministration(settings, new FleetItems(client, fleet.env()), clock));
    }
}
