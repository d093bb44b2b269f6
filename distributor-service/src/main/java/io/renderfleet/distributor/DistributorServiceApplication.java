package io.renderfleet.distributor;

import io.renderfleet.job.JobDatabase;
import io.renderfleet.pool.PoolName;
import io.renderfleet.queue.JobQueue;
import io.renderfleet.queue.JobQueues;
import io.renderfleet.queue.Lane;
import io.renderfleet.region.FleetSettings;
import io.renderfleet.start.Prerequisites;
import io.renderfleet.start.ServiceStart;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;

/** The distributor service. */
@SpringBootApplication
public class DistributorServiceApplication {

    /** The application, not started, with the defaults of {@code distributor-service.yml}. */
    public static SpringApplication create() {
        var application = new SpringApplication(DistributorServiceApplication.class);
        application.setDefaultProperties(Map.of("spring.config.name", "application,distributor-service"));
        return application;
    }

    @Bean
    Prerequisites prerequisites(
            AwsCredentialsProvider credentials, JobDatabase database, JobQueues queues, FleetSettings fleet) {
        List<JobQueue> all = new ArrayList<>();
        for (PoolName pool : fleet.poolNames()) {
            for (Lane lane : Lane.values()) {
                all.add(queues.master(pool, lane));
                fleet.regions().forEach(region -> all.add(queues.regional(region, pool, lane)));
            }
        }
        return Prerequisites.forJobs(credentials, database, all, queues.completions());
    }

    public static void main(String[] args) {
        ServiceStart.run(create(), args);
    }
}
