package io.renderfleet.worker;

import io.renderfleet.job.JobDatabase;
import io.renderfleet.queue.JobQueues;
import io.renderfleet.start.Prerequisites;
import io.renderfleet.start.ServiceStart;
import io.renderfleet.worker.execution.ServedPools;
import io.renderfleet.worker.execution.WorkerSettings;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Bean;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;

/**
 * Runs the jobs of one region. A region has as many workers as its backlog needs; all state that must survive a worker
 * is in DynamoDB, SQS and S3.
 */
@SpringBootApplication
@ConfigurationPropertiesScan
public class WorkerServiceApplication {

    public static void main(String[] args) {
        ServiceStart.run(create(), args);
    }

    /** The application with its settings file, {@code worker-service.yml}. Several services can run in one JVM. */
    public static SpringApplication create() {
        SpringApplication application = new SpringApplication(WorkerServiceApplication.class);
        application.setDefaultProperties(Map.of("spring.config.name", "application,worker-service"));
        return application;
    }

    @Bean
    Prerequisites prerequisites(
            AwsCredentialsProvider credentials,
            JobDatabase database,
            JobQueues queues,
            ServedPools pools,
            WorkerSettings settings) {
        return Prerequisites.forJobs(
                credentials,
                database,
                pools.names().stream()
                        .flatMap(pool ->
                                settings.lanes().stream().map(lane -> queues.regional(settings.region(), pool, lane)))
                        .toList(),
                queues.completions());
    }
}
