package io.renderfleet.queue;

import io.renderfleet.localaws.LocalAws;
import io.renderfleet.localaws.LocalAwsOptions;
import io.renderfleet.region.RegionClients;
import io.renderfleet.region.RegionId;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.ConfigurableApplicationContext;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;

class JobQueueOnLocalAwsTests extends JobQueueContract {
    private static LocalAws aws;
    private static ConfigurableApplicationContext context;

    /** The queues as a service gets them. */
    @SpringBootApplication
    static class Application {}

    @BeforeAll
    static void start() {
        aws = LocalAws.start(LocalAwsOptions.onFreePorts());
        SpringApplication application = new SpringApplication(Application.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        Map<String, Object> properties = new HashMap<>(aws.serviceProperties());
        properties.put("spring.cloud.aws.region.static", "us-east-1");
        application.setDefaultProperties(properties);
        context = application.run();
    }

    @AfterAll
    static void stop() {
        context.close();
        aws.close();
    }

    @Override
    protected JobQueues queues() {
        return context.getBean(JobQueues.class);
    }

    @Override
    protected void purge(RegionId region, String queueName) {
        SqsAsyncClient client = context.getBean(RegionClients.class).sqs(region);
        client.getQueueUrl(request -> request.queueName(queueName))
                .thenCompose(url -> client.purgeQueue(request -> request.queueUrl(url.queueUrl())))
                .join();
    }
}
