package io.renderfleet.job;

import io.awspring.cloud.autoconfigure.dynamodb.DynamoDbAutoConfiguration;
import io.awspring.cloud.autoconfigure.dynamodb.DynamoDbClientCustomizer;
import io.renderfleet.region.DrainedRegions;
import io.renderfleet.region.FleetSettings;
import io.renderfleet.region.RegionClients;
import java.time.Clock;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** The job store over Spring Cloud AWS's DynamoDB client, which belongs to the home region. */
@AutoConfiguration(after = DynamoDbAutoConfiguration.class)
@EnableConfigurationProperties(JobStoreSettings.class)
class JobAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    Clock clock() {
        return Clock.systemUTC();
    }

    /** Nobody waits longer for the table than for any other part of AWS; the SDK alone would for minutes. */
    @Bean
    DynamoDbClientCustomizer jobTableLimits() {
        return builder -> builder.overrideConfiguration(override -> override.apiCallTimeout(RegionClients.CALL_TIMEOUT)
                .apiCallAttemptTimeout(RegionClients.CALL_TIMEOUT.dividedBy(2)));
    }

    @Bean
    JobDatabase jobDatabase(DynamoDbClient client, FleetSettings fleet, Clock clock, JobStoreSettings settings) {
        return new JobDatabase(client, fleet.env(), clock, settings);
    }

    @Bean
    JobStore jobStore(JobDatabase database) {
        return new JobStore(database);
    }

    @Bean
    JobControl jobControl(JobDatabase database) {
        return new JobControl(database);
    }

    @Bean
    JobRecovery jobRecovery(JobDatabase database) {
        return new JobRecovery(database);
    }

    @Bean
    DrainedRegions drainedRegions(DynamoDbClient client, FleetSettings fleet) {
        return new DrainedRegions(client, fleet.env());
    }

    @Bean
    JobHistory jobHistory(DynamoDbClient client, FleetSettings fleet, Clock clock) {
        return new JobHistory(client, JobTable.name(fleet.env()), clock);
    }
}
