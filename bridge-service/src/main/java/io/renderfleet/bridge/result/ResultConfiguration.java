package io.renderfleet.bridge.result;

import io.micrometer.core.instrument.MeterRegistry;
import io.renderfleet.bridge.broker.BrokerCheck;
import io.renderfleet.bridge.broker.KafkaSettings;
import io.renderfleet.bridge.broker.RecordSender;
import io.renderfleet.client.RenderfleetClient;
import io.renderfleet.queue.CompletionQueue;
import io.renderfleet.queue.JobQueues;
import io.renderfleet.telemetry.LoopHealth;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class ResultConfiguration {
    /** The sink whose events the bridge receives; part of the name of its queue. */
    private static final String SINK = "kafka";

    @Bean
    CompletionQueue completionEvents(JobQueues queues) {
        return queues.completions(SINK);
    }

    @Bean
    ResultIntake resultIntake(
            KafkaSettings settings,
            CompletionQueue events,
            RecordSender sender,
            RenderfleetClient api,
            BrokerCheck brokers,
            MeterRegistry meters,
            LoopHealth health) {
        var results = new ResultSender(settings.topics().results(), settings.api(), new ResultReader(api), sender);
        return new ResultIntake(events, settings.longPoll(), results, brokers, meters, health);
    }
}
