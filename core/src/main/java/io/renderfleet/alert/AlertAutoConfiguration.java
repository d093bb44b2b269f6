package io.renderfleet.alert;

import io.renderfleet.region.FleetSettings;
import java.time.Clock;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.context.annotation.Bean;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** The stores of alerts and of their rules, in a service with a client of DynamoDB. */
@AutoConfiguration(afterName = "io.renderfleet.job.JobAutoConfiguration")
@ConditionalOnBean(DynamoDbClient.class)
class AlertAutoConfiguration {

    @Bean
    AlertStore alertStore(DynamoDbClient client, FleetSettings fleet, Clock clock) {
        return new AlertStore(client, fleet.env(), clock);
    }

    @Bean
    RuleStore ruleStore(DynamoDbClient client, FleetSettings fleet) {
        return new RuleStore(client, fleet.env());
    }
}
