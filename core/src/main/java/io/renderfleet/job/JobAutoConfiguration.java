package io.renderfleet.job;

import io.awspring.cloud.autoconfigure.dynamodb.DynamoDbAutoConfiguration;
import io.awspring.cloud.autoconfigure.dynamodb.DynamoDbClientCustomizer;
import io.github.resilience4j.retry.RetryRegistry;
import io.renderfleet.region.DrainedRegions;
import io.renderfleet.region.FleetSettings;
import io.renderfleet.region.RegionClients;
import io.renderfleet.region.RetriedCalls;
import java.time.Clock;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** The stores of jobs, with the DynamoDB client of Spring Cloud AWS for the home region; none in a service without it. */
@AutoConfiguration(after = DynamoDbAutoConfiguration.class)
@ConditionalOnBean(DynamoDbClient.class)
@EnableConfigurationProperties(JobStoreSettings.class)
class JobAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    Clock clock() {
        return Clock.systemUTC();
    }

    /** The time limit of one try, so that three tries take no longer than any other call to AWS. */
    @Bean
    DynamoDbClientCustomizer jobTableLimits() {
        return builder -> builder.overrideConfiguration(
                override -> override.apiCallTimeout(RegionClients.CALL_TIMEOUT.dividedBy(3))
                        .retryStrategy(AwsRetryStrategy.doNotRetry()));
    }

    /** Adds retries to the client, which keeps all settings of Spring Cloud AWS. */
    @Bean
    static BeanPostProcessor retriedTableCalls(ObjectProvider<RetryRegistry> retries) {
        return new BeanPostProcessor() {
            @Override
            public Object postProcessAfterInitialization(Object bean, String name) {
                return bean instanceof DynamoDbClient client
                        ? RetriedCalls.of(DynamoDbClient.class, client, retries.getObject(), "dynamodb")
                        : bean;
            }
        };
    }

    @Bean
    JobDatabase jobDatabase(
            DynamoDbClient client,
            FleetSettings fleet,
            Clock clock,
            JobStoreSettings settings,
            ObjectProvider<JobEndListener> ends) {
        return new JobDatabase(client, fleet.env(), clock, settings, ends.getIfAvailable(() -> JobEndListener.NONE));
    }

    @Bean
    PendingEvents pendingEvents(DynamoDbClient client, FleetSettings fleet) {
        return new PendingEvents(client, fleet.env());
    }

    @Bean
    WebhookDeliveries webhookDeliveries(DynamoDbClient client, FleetSettings fleet) {
        return new WebhookDeliveries(client, fleet.env());
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

    @Bean
    JobSearch jobSearch(DynamoDbClient client, FleetSettings fleet, Clock clock) {
        return new JobSearch(client, JobTable.name(fleet.env()), clock);
    }

    @Bean
    JobBatches jobBatches(JobDatabase database, Clock clock) {
        return new JobBatches(database, clock);
    }

    @Bean
    JobStates jobStates(DynamoDbClient client, FleetSettings fleet, Clock clock) {
        return new JobStates(client, JobTable.name(fleet.env()), clock);
    }
}
