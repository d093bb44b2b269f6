package io.renderfleet.worker;

import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** A worker: as many processes as the backlog of a region asks for, none of which keeps anything that matters. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class WorkerServiceApplication {

    public static void main(String[] args) {
        create().run(args);
    }

    /** The application with its settings file, {@code worker-service.yml}, for whoever runs several in one JVM. */
    public static SpringApplication create() {
        SpringApplication application = new SpringApplication(WorkerServiceApplication.class);
        application.setDefaultProperties(Map.of("spring.config.name", "application,worker-service"));
        return application;
    }
}
