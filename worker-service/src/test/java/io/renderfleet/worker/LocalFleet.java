package io.renderfleet.worker;

import io.renderfleet.blob.ResultStore;
import io.renderfleet.job.JobDatabase;
import io.renderfleet.job.JobEndListener;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobStore;
import io.renderfleet.job.JobStoreSettings;
import io.renderfleet.job.JobTable;
import io.renderfleet.jobtype.render.design.DesignStore;
import io.renderfleet.localaws.LocalAws;
import io.renderfleet.localaws.LocalAwsOptions;
import io.renderfleet.queue.CompletionQueue;
import io.renderfleet.queue.JobQueue;
import io.renderfleet.queue.JobQueues;
import io.renderfleet.queue.Lane;
import io.renderfleet.region.DrainedRegions;
import io.renderfleet.region.RegionClients;
import io.renderfleet.region.RegionId;
import io.renderfleet.testing.JobBuilder;
import java.net.URI;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ReturnValue;
import software.amazon.awssdk.services.s3.S3Client;

/** A local AWS and a service's beans for it, started once for all test classes that ask for it. */
public final class LocalFleet implements ExtensionContext.Store.CloseableResource {
    private static final int CALL_SECONDS = 10;

    private final LocalAws aws = LocalAws.start(LocalAwsOptions.onFreePorts());
    private final ConfigurableApplicationContext context = context(aws);

    /** Hands the one instance to tests that have a parameter of its type. */
    public static final class Extension implements ParameterResolver {
        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext extension) {
            return parameter.getParameter().getType() == LocalFleet.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext extension) {
            return extension
                    .getRoot()
                    .getStore(ExtensionContext.Namespace.GLOBAL)
                    .getOrComputeIfAbsent(LocalFleet.class);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Beans {}

    private static ConfigurableApplicationContext context(LocalAws aws) {
        SpringApplication application = new SpringApplication(Beans.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        application.setRegisterShutdownHook(false);
        Map<String, Object> properties = new HashMap<>(aws.serviceProperties());
        properties.put("renderfleet.queue.acknowledge-window", "5ms");
        properties.put("spring.main.banner-mode", "off");
        application.setDefaultProperties(properties);
        return application.run();
    }

    public LocalAws aws() {
        return aws;
    }

    /** A store over the one table, at the clock's time. */
    public JobStore jobs(Clock clock) {
        return jobs(context.getBean(DynamoDbClient.class), clock);
    }

    public JobStore jobs(DynamoDbClient client, Clock clock) {
        return new JobStore(new JobDatabase(
                client, "local", clock, new JobStoreSettings(Duration.ofDays(30), Duration.ofSeconds(60))));
    }

    /** A store that sends the completion events of the jobs that end in it, as the services do. */
    public JobStore jobsWithEvents(Clock clock) {
        return new JobStore(new JobDatabase(
                context.getBean(DynamoDbClient.class),
                "local",
                clock,
                new JobStoreSettings(Duration.ofDays(30), Duration.ofSeconds(60)),
                context.getBean(JobEndListener.class)));
    }

    /** The queue of completion events. */
    public CompletionQueue completions() {
        return context.getBean(JobQueues.class).completions();
    }

    /** Whether a job is in the index of open jobs. */
    public boolean isOpen(JobId job) {
        return context.getBean(DynamoDbClient.class)
                .getItem(request -> request.tableName(JobTable.name("local"))
                        .key(Map.of(JobTable.JOB_ID, AttributeValue.fromS(job.toString())))
                        .consistentRead(true))
                .item()
                .containsKey(JobTable.CHECK_AT);
    }

    /** A client of a DynamoDB that is not there. */
    public DynamoDbClient unreachableDynamoDb() {
        return DynamoDbClient.builder()
                .endpointOverride(URI.create("http://127.0.0.1:1"))
                .region(Region.US_EAST_1)
                .credentialsProvider(AnonymousCredentialsProvider.create())
                .overrideConfiguration(override -> override.retryStrategy(AwsRetryStrategy.doNotRetry()))
                .build();
    }

    /** A client of the same DynamoDB for a test to break. */
    public DynamoDbClient anotherDynamoDb() {
        return DynamoDbClient.builder()
                .endpointOverride(
                        URI.create(aws.serviceProperties().getOrDefault("spring.cloud.aws.dynamodb.endpoint", "")))
                .region(Region.US_EAST_1)
                .credentialsProvider(context.getBean(AwsCredentialsProvider.class))
                .build();
    }

    /** Gives an attribute of a job another text, as a newer version would write it; the one it had. */
    public String replace(JobId job, String attribute, String text) {
        return context.getBean(DynamoDbClient.class)
                .updateItem(request -> request.tableName(JobTable.name("local"))
                        .key(Map.of(JobTable.JOB_ID, AttributeValue.fromS(job.toString())))
                        .updateExpression("SET #name = :text")
                        .expressionAttributeNames(Map.of("#name", attribute))
                        .expressionAttributeValues(Map.of(":text", AttributeValue.fromS(text)))
                        .returnValues(ReturnValue.ALL_OLD))
                .attributes()
                .getOrDefault(attribute, AttributeValue.fromS(""))
                .s();
    }

    /** What the API writes when somebody wants a job stopped. */
    public void requestCancel(JobId job) {
        context.getBean(DynamoDbClient.class)
                .updateItem(request -> request.tableName(JobTable.name("local"))
                        .key(Map.of(JobTable.JOB_ID, AttributeValue.fromS(job.toString())))
                        .updateExpression("SET cancelRequested = :yes")
                        .expressionAttributeValues(Map.of(":yes", AttributeValue.fromBool(true))));
    }

    public DrainedRegions drainedRegions() {
        return context.getBean(DrainedRegions.class);
    }

    public ResultStore results() {
        return context.getBean(ResultStore.class);
    }

    public DesignStore designs() {
        return context.getBean(DesignStore.class);
    }

    /** Stores a design's bytes as they are, checked or not; their digest. */
    public String storeDesign(byte[] file) {
        try {
            String digest = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(file));
            putDesignBytes(digest, file);
            return digest;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Stores any bytes under any digest. */
    public void putDesignBytes(String digest, byte[] file) {
        s3(new RegionId("us-east-1"))
                .putObject(
                        request -> request.bucket("renderfleet-local-designs").key("blobs/" + digest),
                        RequestBody.fromBytes(file));
    }

    public S3Client s3(RegionId region) {
        return context.getBean(RegionClients.class).s3(region);
    }

    /** A region's queue, emptied, of what is in flight too. */
    public JobQueue emptyQueue(RegionId region, Lane lane) throws Exception {
        JobQueue queue = context.getBean(JobQueues.class).regional(region, JobBuilder.POOL, lane);
        var client = context.getBean(RegionClients.class).sqs(region);
        client.getQueueUrl(request -> request.queueName(queue.name()))
                .thenCompose(url -> client.purgeQueue(request -> request.queueUrl(url.queueUrl())))
                .get(CALL_SECONDS, TimeUnit.SECONDS);
        return queue;
    }

    /** Sends a message that JobQueue would not. */
    public void sendRaw(RegionId region, JobQueue queue, String body) {
        var client = context.getBean(RegionClients.class).sqs(region);
        client.getQueueUrl(request -> request.queueName(queue.name()))
                .thenCompose(url -> client.sendMessage(
                        request -> request.queueUrl(url.queueUrl()).messageBody(body)))
                .orTimeout(CALL_SECONDS, TimeUnit.SECONDS)
                .join();
    }

    @Override
    public void close() {
        context.close();
        aws.close();
    }
}
