package io.renderfleet.completion;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Metrics;
import io.renderfleet.job.PendingEvents;
import io.renderfleet.queue.JobQueues;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;

/** Sends the completion events of the jobs that end in a service. */
@AutoConfiguration(afterName = "io.renderfleet.queue.QueueAutoConfiguration")
class CompletionAutoConfiguration {

    @Bean
    CompletionEvents completionEvents(JobQueues queues, PendingEvents entries, ObjectProvider<MeterRegistry> meters) {
        return new CompletionEvents(queues, entries, meters.getIfAvailable(() -> Metrics.globalRegistry));
    }
}
