package io.renderfleet.completion;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Metrics;
import io.renderfleet.job.PendingEvents;
import io.renderfleet.queue.JobQueues;
import io.renderfleet.region.FleetSettings;
import java.time.Clock;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.context.annotation.Bean;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Sends the completion events of the jobs that end in a service, which has a client of DynamoDB. */
@AutoConfiguration(
        afterName = {"io.renderfleet.queue.QueueAutoConfiguration", "io.renderfleet.job.JobAutoConfiguration"})
@ConditionalOnBean(DynamoDbClient.class)
class CompletionAutoConfiguration {

    @Bean
    CompletionEvents completionEvents(JobQueues queues, PendingEvents entries, ObjectProvider<MeterRegistry> meters) {
        return new CompletionEvents(queues, entries, meters.getIfAvailable(() -> Metrics.globalRegistry));
    }

    @Bean
    LiveFeed liveFeed(DynamoDbClient client, FleetSettings fleet, Clock clock) {
        return new LiveFeed(client, fleet.env(), clock);
    }
}
