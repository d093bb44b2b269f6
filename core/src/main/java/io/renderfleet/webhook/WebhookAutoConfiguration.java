package io.renderfleet.webhook;

import io.renderfleet.region.FleetSettings;
import java.time.Clock;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.context.annotation.Bean;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** The store of webhooks, in a service with a client of DynamoDB. */
@AutoConfiguration(afterName = "io.renderfleet.job.JobAutoConfiguration")
@ConditionalOnBean(DynamoDbClient.class)
class WebhookAutoConfiguration {

    @Bean
    WebhookStore webhookStore(DynamoDbClient client, FleetSettings fleet, Clock clock) {
        return new WebhookStore(client, fleet.env(), clock);
    }
}
