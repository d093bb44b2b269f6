package io.renderfleet.bridge.event;

import io.micrometer.core.instrument.MeterRegistry;
import io.renderfleet.bridge.broker.BrokerCheck;
import io.renderfleet.bridge.broker.KafkaSettings;
import io.renderfleet.bridge.broker.RecordSender;
import io.renderfleet.client.RenderfleetClient;
import io.renderfleet.telemetry.LoopHealth;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.ContainerProperties.AckMode;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.kafka.listener.KafkaMessageListenerContainer;
import org.springframework.util.backoff.FixedBackOff;

@Configuration(proxyBeanMethods = false)
class EventConfiguration {
    /** As long as a request to the API may take. With the time for results, less than the shutdown phase of 30 s. */
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(20);

    /** How precise the pauses are. */
    private static final Duration POLL = Duration.ofSeconds(1);

    private static final Duration AFTER_LOST_PERMISSION = Duration.ofSeconds(10);

    @Bean
    EventIntake eventIntake(
            KafkaSettings settings,
            ConsumerFactory<byte[], byte[]> consumers,
            RecordSender sender,
            RenderfleetClient api,
            BrokerCheck brokers,
            MeterRegistry meters,
            LoopHealth health) {
        var submitter = new EventSubmitter(
                api,
                new DetectionReader(settings.maxRecord().toBytes(), settings.user()),
                new DeadLetters(settings.topics().deadLetters(), sender),
                new TaskRecords(settings.topics().tasks(), sender),
                meters);
        var batches = new EventBatches(submitter, health);
        var properties = new ContainerProperties(settings.topics().detections());
        properties.setGroupId(settings.group());
        properties.setAckMode(AckMode.MANUAL);
        properties.setMessageListener(batches);
        properties.setPollTimeout(POLL.toMillis());
        properties.setShutdownTimeout(STOP_TIMEOUT.toMillis());
        properties.setAuthExceptionRetryInterval(AFTER_LOST_PERMISSION);
        var container = new KafkaMessageListenerContainer<>(consumers, properties);
        container.setBeanName("kafka-events");
        // Not asked in any case that is known: the listener throws nothing. Never leaves out a record.
        container.setCommonErrorHandler(
                new DefaultErrorHandler(new FixedBackOff(1000, FixedBackOff.UNLIMITED_ATTEMPTS)));
        return new EventIntake(container, batches, brokers, health);
    }
}
