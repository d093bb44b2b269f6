package io.renderfleet.bridge.broker;

import io.renderfleet.client.ClientCredentials;
import io.renderfleet.client.ClientOptions;
import io.renderfleet.client.RenderfleetClient;
import io.renderfleet.client.RetryPolicy;
import io.renderfleet.telemetry.LoopHealth;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.autoconfigure.kafka.KafkaConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.KafkaTemplate;

@Configuration(proxyBeanMethods = false)
class BrokerConfiguration {
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(20);

    /** The brokers of every client that Spring Boot configures. */
    @Bean
    KafkaConnectionDetails kafkaConnectionDetails(KafkaSettings settings) {
        return new KafkaConnectionDetails() {
            @Override
            public List<String> getBootstrapServers() {
                return settings.bootstrapServers();
            }
        };
    }

    /** Tries each request once: records and messages are kept by Kafka and SQS until it succeeds. */
    @Bean
    RenderfleetClient api(KafkaSettings settings) {
        ClientOptions options = ClientOptions.of(settings.api())
                .withRequestTimeout(REQUEST_TIMEOUT)
                .withTransferTimeout(REQUEST_TIMEOUT)
                .withRetries(RetryPolicy.defaults().within(1, REQUEST_TIMEOUT));
        KafkaSettings.Login login = settings.login();
        return new RenderfleetClient(
                login == null
                        ? options
                        : options.withToken(new ClientCredentials(
                                login.url(), login.clientId(), login.clientSecret(), login.scope())));
    }

    /** The bean's name is the name of the health indicator. */
    @Bean("kafka")
    BrokerCheck brokerCheck(KafkaSettings settings, KafkaAdmin admin, LoopHealth health) {
        return new BrokerCheck(settings, admin, health);
    }

    @Bean
    RecordSender recordSender(KafkaTemplate<byte[], byte[]> kafka) {
        return new RecordSender(kafka);
    }
}
