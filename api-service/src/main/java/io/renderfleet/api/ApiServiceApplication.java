package io.renderfleet.api;

import io.renderfleet.completion.CompletionSinks;
import io.renderfleet.job.JobDatabase;
import io.renderfleet.jobtype.JobType;
import io.renderfleet.jobtype.JobTypes;
import io.renderfleet.queue.JobQueues;
import io.renderfleet.queue.Lane;
import io.renderfleet.region.FleetSettings;
import io.renderfleet.start.Prerequisites;
import io.renderfleet.start.ServiceStart;
import io.swagger.v3.oas.annotations.OpenAPIDefinition;
import io.swagger.v3.oas.annotations.enums.SecuritySchemeType;
import io.swagger.v3.oas.annotations.info.Info;
import io.swagger.v3.oas.annotations.info.License;
import io.swagger.v3.oas.annotations.security.SecurityRequirement;
import io.swagger.v3.oas.annotations.security.SecurityScheme;
import io.swagger.v3.oas.annotations.servers.Server;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Bean;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;

/** The API service. It keeps no state that must survive, so any number of instances can run at the same time. */
@OpenAPIDefinition(
        // Relative to the document. Without it, the document would repeat the Host header of the request.
        servers = @Server(url = "/"),
        security = @SecurityRequirement(name = "token"),
        info =
                @Info(
                        title = "Renderfleet",
                        version = "v1",
                        description = "Runs long jobs across AWS regions. Errors are RFC 9457 problem details.",
                        license = @License(name = "Apache-2.0", url = "https://www.apache.org/licenses/LICENSE-2.0")))
@SecurityScheme(
        name = "token",
        type = SecuritySchemeType.HTTP,
        scheme = "bearer",
        bearerFormat = "JWT",
        description =
                "An access token of the issuer of this deployment. A service on a laptop that has no issuer needs none.")
@SpringBootApplication
@ConfigurationPropertiesScan
public class ApiServiceApplication {

    public static void main(String[] args) {
        ServiceStart.run(create(), args);
    }

    /** The application, not started, with the defaults of {@code api-service.yml}. Several can run in one JVM. */
    public static SpringApplication create() {
        SpringApplication application = new SpringApplication(ApiServiceApplication.class);
        application.setDefaultProperties(Map.of("spring.config.name", "application,api-service"));
        return application;
    }

    /** Enables the modules of the job types, which register their types only where this bean exists. */
    @Bean
    JobTypes jobTypes(List<JobType<?>> types) {
        return new JobTypes(types);
    }

    @Bean
    Prerequisites prerequisites(
            AwsCredentialsProvider credentials, JobDatabase database, JobQueues queues, FleetSettings fleet) {
        return Prerequisites.forJobs(
                credentials,
                database,
                fleet.poolNames().stream()
                        .flatMap(pool -> Arrays.stream(Lane.values()).map(lane -> queues.master(pool, lane)))
                        .toList(),
                queues.completions(),
                queues.completions(CompletionSinks.WEBHOOK));
    }
}
