package io.renderfleet.bridge;

import io.renderfleet.queue.CompletionQueue;
import io.renderfleet.start.Prerequisites;
import io.renderfleet.start.ServiceStart;
import java.time.Clock;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Bean;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;

/** The bridge service. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class BridgeServiceApplication {

    /** The application, not started, with the defaults of {@code bridge-service.yml}. */
    public static SpringApplication create() {
        var application = new SpringApplication(BridgeServiceApplication.class);
        application.setDefaultProperties(Map.of("spring.config.name", "application,bridge-service"));
        return application;
    }

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    @Bean
    Prerequisites prerequisites(AwsCredentialsProvider credentials, CompletionQueue events) {
        return Prerequisites.forEvents(credentials, events);
    }

    public static void main(String[] args) {
        ServiceStart.run(create(), args);
    }
}
