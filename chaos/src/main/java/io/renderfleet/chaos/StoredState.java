package io.renderfleet.chaos;

import io.renderfleet.blob.BucketNames;
import io.renderfleet.blob.ResultStore;
import io.renderfleet.blob.StoredFile;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobStatus;
import io.renderfleet.job.JobStore;
import io.renderfleet.job.JobTable;
import io.renderfleet.job.JobTypeName;
import io.renderfleet.pool.PoolName;
import io.renderfleet.queue.JobQueues;
import io.renderfleet.queue.Lane;
import io.renderfleet.queue.QueueNames;
import io.renderfleet.region.FleetSettings;
import io.renderfleet.region.RegionClients;
import io.renderfleet.region.RegionId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
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
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/**
 * Reads the job table, the queues and the buckets with core's own clients, directly rather than through the proxies and
 * the services. Thread-safe.
 */
final class StoredState implements AutoCloseable {
    private static final String STATUS = "status";
    private static final String REGION = "region";
    private static final String PROGRESS = JobTable.JOB_ID
            + ", #status, #region, routeEpoch, attempt, leaseOwner, leaseUntil, progress, cancelRequested";
    private static final String RESULTS = "results/";
    private static final int TRIES = 8;
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final ConfigurableApplicationContext context;
    private final JobStore store;
    private final RegionClients clients;
    private final FleetSettings fleet;
    private final ResultStore results;

    private StoredState(ConfigurableApplicationContext context) {
        this.context = context;
        this.store = context.getBean(JobStore.class);
        this.clients = context.getBean(RegionClients.class);
        this.fleet = context.getBean(FleetSettings.class);
        this.results = context.getBean(ResultStore.class);
    }

    /** Core's beans only. */
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Core {}

    /** @param properties the settings that say where AWS is */
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

    /** Reads a job; {@link IllegalStateException} when the table no longer has it. */
    Job job(JobId id) {
        return read(() -> store.find(id))
                .orElseThrow(() -> new IllegalStateException("job " + id + " is no longer in the table"));
    }

    /** Every job in the table, which also has the payloads of large jobs. */
    List<Job> jobs() {
        return scan("attribute_exists(#status)", Map.of("#status", STATUS), Map.of()).stream()
                .map(this::job)
                .toList();
    }

    /** The jobs that are PENDING or PROCESSING. */
    List<JobId> open() {
        return List.copyOf(openJobs().keySet());
    }

    /** The open jobs with those attributes that change when a job makes progress, a heartbeat included. */
    Map<JobId, Map<String, AttributeValue>> openJobs() {
        Map<JobId, Map<String, AttributeValue>> open = new LinkedHashMap<>();
        items(
                        PROGRESS,
                        "#status IN (:pending, :processing)",
                        Map.of("#status", STATUS, "#region", REGION),
                        Map.of(
                                ":pending", AttributeValue.fromS(JobStatus.PENDING.name()),
                                ":processing", AttributeValue.fromS(JobStatus.PROCESSING.name())))
                .forEach(item -> open.put(id(item), item));
        return open;
    }

    /** The jobs that a worker of this region is running. */
    List<JobId> heldIn(RegionId region) {
        return scan(
                "#status = :processing AND #region = :region",
                Map.of("#status", STATUS, "#region", REGION),
                Map.of(
                        ":processing", AttributeValue.fromS(JobStatus.PROCESSING.name()),
                        ":region", AttributeValue.fromS(region.value())));
    }

    private List<JobId> scan(String filter, Map<String, String> names, Map<String, AttributeValue> values) {
        return items(JobTable.JOB_ID, filter, names, values).stream()
                .map(StoredState::id)
                .toList();
    }

    private static JobId id(Map<String, AttributeValue> item) {
        return JobId.of(
                item.getOrDefault(JobTable.JOB_ID, AttributeValue.fromS("")).s());
    }

    private List<Map<String, AttributeValue>> items(
            String attributes, String filter, Map<String, String> names, Map<String, AttributeValue> values) {
        DynamoDbClient dynamoDb = context.getBean(DynamoDbClient.class);
        return read(() -> dynamoDb
                .scanPaginator(request -> request.tableName(JobTable.name(fleet.env()))
                        .consistentRead(true)
                        .projectionExpression(attributes)
                        .filterExpression(filter)
                        .expressionAttributeNames(names.isEmpty() ? null : names)
                        .expressionAttributeValues(values.isEmpty() ? null : values))
                .items()
                .stream()
                .toList());
    }

    /** Queues that are reached without the proxies. */
    JobQueues queues() {
        return context.getBean(JobQueues.class);
    }

    /** The number of messages in each queue, hidden and delayed ones included; empty queues are left out. */
    Map<String, Long> messages() {
        return read(() -> counts(false));
    }

    /** The number of messages in each dead-letter queue; empty queues are left out. */
    Map<String, Long> deadLetters() {
        return read(() -> counts(true));
    }

    private Map<String, Long> counts(boolean dead) {
        QueueNames names = new QueueNames(fleet.env());
        Map<String, Long> counts = new TreeMap<>();
        for (PoolName pool : fleet.poolNames()) {
            for (Lane lane : Lane.values()) {
                count(counts, fleet.homeRegion(), names.master(pool, lane), dead);
                for (RegionId region : fleet.regions()) {
                    count(counts, region, names.regional(region, pool, lane), dead);
                }
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

    /** Those of the jobs whose result is stored and not empty. */
    Set<JobId> results(List<Job> jobs) {
        Set<String> stored = read(this::listed);
        return jobs.stream()
                .filter(job -> job.result() != null)
                .filter(job -> {
                    StoredFile file = results.locate(job);
                    return stored.contains(file.bucket() + "/" + file.key());
                })
                .map(Job::id)
                .collect(Collectors.toSet());
    }

    /** The stored results that are not empty, each as {@code bucket/key}. */
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

    /** The text of the results of jobs of this type. */
    Map<JobId, String> texts(List<Job> jobs, JobTypeName type) {
        return jobs.parallelStream()
                .filter(job -> job.type().equals(type) && job.result() != null)
                .collect(Collectors.toConcurrentMap(Job::id, job -> read(() -> text(results.locate(job)))));
    }

    /** The empty text when there is no such object. */
    private String text(StoredFile file) {
        try {
            return clients.s3(file.region())
                    .getObjectAsBytes(request -> request.bucket(file.bucket()).key(file.key()))
                    .asUtf8String();
        } catch (NoSuchKeyException e) {
            return "";
        }
    }

    /** Retries a read that fails or times out, which happens on a busy machine; at most {@link #TRIES} times in all. */
    private static <T> T read(Supplier<T> read) {
        for (int tries = 1; ; tries++) {
            try {
                return read.get();
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
