package io.renderfleet.api.alerts;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.awspring.cloud.autoconfigure.core.AwsClientBuilderConfigurer;
import io.micrometer.core.instrument.MeterRegistry;
import io.renderfleet.alert.AlertStore;
import io.renderfleet.alert.AlertTopic;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class AlertConfiguration {

    @Bean
    AlertTopic alertTopic(
            AlertSettings settings,
            AlertStore store,
            AwsClientBuilderConfigurer configurer,
            ObjectMapper json,
            MeterRegistry meters) {
        return new AlertTopic(settings.topic(), settings.links(), store, configurer, json, meters);
    }
}
