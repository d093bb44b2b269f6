package io.renderfleet.api;

import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** The public HTTP interface. It keeps nothing of its own that matters: any number can run side by side. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class ApiServiceApplication {

    public static void main(String[] args) {
        create().run(args);
    }

    /** The application with its settings file, {@code api-service.yml}, for whoever runs several in one JVM. */
    public static SpringApplication create() {
        SpringApplication application = new SpringApplication(ApiServiceApplication.class);
        application.setDefaultProperties(Map.of("spring.config.name", "application,api-service"));
        return application;
    }
}
