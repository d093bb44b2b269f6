package io.renderfleet.distributor;

import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** The distributor as a service of its own. */
@SpringBootApplication
public class DistributorServiceApplication {

    /** The service, not started, with its own file of settings beside the common one. */
    public static SpringApplication create() {
        var application = new SpringApplication(DistributorServiceApplication.class);
        application.setDefaultProperties(Map.of("spring.config.name", "application,distributor-service"));
        return application;
    }

    public static void main(String[] args) {
        create().run(args);
    }
}
