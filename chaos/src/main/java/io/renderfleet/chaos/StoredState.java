package io.renderfleet.chaos;

import io.renderfleet.blob.BucketNames;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobStatus;
import io.renderfleet.job.JobStore;
import io.renderfleet.job.JobTable;
import io.renderfleet.queue.JobQueues;
import io.renderfleet.queue.Lane;
import io.renderfleet.queue.QueueNames;
import io.renderfleet.region.FleetSettings;
import io.renderfleet.region.RegionClients;
import io.renderfleet.region.RegionId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/**
 * What the table, the queues and the buckets say themselves, asked with core's own clients past all proxies and
 * services. Thread-safe.
 */
final class StoredState implements AutoCloseable {
    private static final String STATUS = "status";
    private static final String REGION = "region";
    private static final String RESULTS = "results/";
    private static final int TRIES = 8;
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final ConfigurableApplicationContext context;
    private final JobStore store;
    private final RegionClients clients;
    private final FleetSettings fleet;

    private StoredState(ConfigurableApplicationContext context) {
        this.context = context;
        this.store = context.getBean(JobStore.class);
        this.clients = context.getBean(RegionClients.class);
        this.fleet = context.getBean(FleetSettings.class);
    }

    /** Core's beans, and nothing else that happens to be on the class path. */
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Core {}

    /** @param properties where AWS is */
    static StoredState at(Map<String, String> properties) {
        List<String> arguments = new ArrayList<>(List.of(
                "--spring.config.name=chaos",
                "--spring.main.banner-mode=off",
                "--spring.main.lazy-initialization=true",
                "--spring.jmx.enabled=false",
                "--spring.autoconfigure.exclude=io.awspring.cloud.autoconfigure.sqs.SqsAutoConfiguration,"
                        + "io.awspring.cloud.autoconfigure.s3.S3AutoConfiguration,"
                        + "io.awspring.cloud.autoconfigure.s3.S3CrtAsyncClientAutoConfiguration,"
                        + "io.awspring.cloud.autoconfigure.s3.S3TransferManagerAutoConfiguration"));
        properties.forEach((name, value) -> arguments.add("--" + name + "=" + value));
        return new StoredState(new SpringApplicationBuilder(Core.class)
                .web(WebApplicationType.NONE)
                .registerShutdownHook(false)
                .logStartupInfo(false)
                .run(arguments.toArray(String[]::new)));
    }

    /** The item of a job; {@link IllegalStateException} when it is not there any more. */
    Job job(JobId id) {
        return told(() -> store.find(id)).orElseThrow(() -> new IllegalStateException("job " + id + " vanished"));
    }

    /** Every job in the table. */
    List<Job> jobs() {
        return scan("attribute_exists(" + JobTable.JOB_ID + ")", Map.of(), Map.of()).stream()
                .map(this::job)
                .toList();
    }

    /** The jobs that are not over. */
    List<JobId> open() {
        return scan(
                "#status IN (:pending, :processing)",
                Map.of("#status", STATUS),
                Map.of(
                        ":pending", AttributeValue.fromS(JobStatus.PENDING.name()),
                        ":processing", AttributeValue.fromS(JobStatus.PROCESSING.name())));
    }

    /** The jobs that a worker of this region holds. */
    List<JobId> heldIn(RegionId region) {
        return scan(
                "#status = :processing AND #region = :region",
                Map.of("#status", STATUS, "#region", REGION),
                Map.of(
                        ":processing", AttributeValue.fromS(JobStatus.PROCESSING.name()),
                        ":region", AttributeValue.fromS(region.value())));
    }

    private List<JobId> scan(String filter, Map<String, String> names, Map<String, AttributeValue> values) {
        DynamoDbClient dynamoDb = context.getBean(DynamoDbClient.class);
        return told(() -> dynamoDb
                .scanPaginator(request -> request.tableName(JobTable.name(fleet.env()))
                        .consistentRead(true)
                        .projectionExpression(JobTable.JOB_ID)
                        .filterExpression(filter)
                        .expressionAttributeNames(names.isEmpty() ? null : names)
                        .expressionAttributeValues(values.isEmpty() ? null : values))
                .items()
                .stream()
                .map(item -> JobId.of(item.getOrDefault(JobTable.JOB_ID, AttributeValue.fromS(""))
                        .s()))
                .toList());
    }

    /** For sending messages past the proxies. */
    JobQueues queues() {
        return context.getBean(JobQueues.class);
    }

    /** How many messages each queue holds, hidden ones included; those that hold none are left out. */
    Map<String, Long> messages() {
        return told(() -> counts(false));
    }

    /** The same of the dead-letter queues. */
    Map<String, Long> deadLetters() {
        return told(() -> counts(true));
    }

    private Map<String, Long> counts(boolean dead) {
        QueueNames names = new QueueNames(fleet.env());
        Map<String, Long> counts = new TreeMap<>();
        for (Lane lane : Lane.values()) {
            count(counts, fleet.homeRegion(), names.master(lane), dead);
            for (RegionId region : fleet.regions()) {
                count(counts, region, names.regional(region, lane), dead);
            }
        }
        return counts;
    }

    private void count(Map<String, Long> counts, RegionId region, String queue, boolean dead) {
        String name = dead ? QueueNames.deadLetters(queue) : queue;
        SqsAsyncClient sqs = clients.sqs(region);
        String url = sqs.getQueueUrl(request -> request.queueName(name)).join().queueUrl();
        long count = sqs
                .getQueueAttributes(request -> request.queueUrl(url)
                        .attributeNames(
                                QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES,
                                QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE,
                                QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_DELAYED))
                .join()
                .attributes()
                .values()
                .stream()
                .mapToLong(Long::parseLong)
                .sum();
        if (count > 0) {
            counts.put(name, count);
        }
    }

    /** The results that are stored and not empty, each as {@code bucket/key}. */
    Set<String> results() {
        return told(this::listed);
    }

    private Set<String> listed() {
        BucketNames buckets = new BucketNames(fleet.env(), fleet.bucketSuffix());
        Set<String> results = new HashSet<>();
        for (RegionId region : fleet.regions()) {
            String bucket = buckets.results(region);
            results.addAll(
                    clients
                            .s3(region)
                            .listObjectsV2Paginator(
                                    request -> request.bucket(bucket).prefix(RESULTS))
                            .contents()
                            .stream()
                            .filter(object -> object.size() > 0)
                            .map(object -> bucket + "/" + object.key())
                            .collect(Collectors.toSet()));
        }
        return results;
    }

    /** Asks again when a machine that is busy with everything else lets a question time out. */
    private static <T> T told(Supplier<T> question) {
        for (int tries = 1; ; tries++) {
            try {
                return question.get();
            } catch (SdkException | CompletionException e) {
                if (tries == TRIES) {
                    throw e;
                }
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
    }

    @Override
    public void close() {
        context.close();
    }
}
