package io.renderfleet.distributor;

import static io.renderfleet.testing.JobBuilder.aJob;

import io.renderfleet.job.JobId;
import io.renderfleet.job.JobStore;
import io.renderfleet.job.NewJob;
import io.renderfleet.job.UserId;
import io.renderfleet.localaws.LocalAws;
import io.renderfleet.localaws.LocalAwsOptions;
import io.renderfleet.pool.Pool;
import io.renderfleet.queue.JobMessage;
import io.renderfleet.queue.JobQueue;
import io.renderfleet.queue.JobQueue.Delivery;
import io.renderfleet.queue.JobQueues;
import io.renderfleet.queue.Lane;
import io.renderfleet.queue.QueueNames;
import io.renderfleet.region.RegionClients;
import io.renderfleet.region.RegionId;
import io.renderfleet.testing.JobBuilder;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.springframework.context.ConfigurableApplicationContext;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;

/** An AWS of a test's own with a distributor on it, and what a test does in place of the API and of the workers. */
public final class LocalFleet implements AutoCloseable {
    public static final RegionId EAST = new RegionId("us-east-1");
    public static final RegionId OREGON = new RegionId("us-west-2");
    public static final RegionId CALIFORNIA = new RegionId("us-west-1");

    private static final Duration VISIBILITY = Duration.ofMinutes(2);

    private final LocalAws aws;
    private final List<ConfigurableApplicationContext> contexts = new ArrayList<>();

    public LocalFleet() {
        this(Pool.of("render=cpu"));
    }

    public LocalFleet(Pool... pools) {
        aws = LocalAws.start(LocalAwsOptions.onFreePorts().withPools(List.of(pools)));
    }

    /** Starts a distributor; a test that hands it its batches itself sets {@code intake.loops} to 0. */
    public ConfigurableApplicationContext distributor(String... properties) {
        Map<String, Object> settings = new HashMap<>(aws.serviceProperties());
        settings.put("server.port", "0");
        settings.put("logging.level.org.eclipse.jetty", "WARN");
        settings.put("renderfleet.distributor.intake.grace", "0s");
        settings.put("renderfleet.distributor.depth.refresh", "50ms");
        for (String property : properties) {
            int equals = property.indexOf('=');
            settings.put(property.substring(0, equals), property.substring(equals + 1));
        }
        String[] arguments = settings.entrySet().stream()
                .map(setting -> "--" + setting.getKey() + "=" + setting.getValue())
                .toArray(String[]::new);
        ConfigurableApplicationContext context =
                DistributorServiceApplication.create().run(arguments);
        contexts.add(context);
        return context;
    }

    public LocalAws aws() {
        return aws;
    }

    public JobStore jobs() {
        return contexts.getFirst().getBean(JobStore.class);
    }

    public JobQueue master() {
        return queues().master(JobBuilder.POOL, Lane.NORMAL);
    }

    public JobQueue regional(RegionId region) {
        return queues().regional(region, JobBuilder.POOL, Lane.NORMAL);
    }

    /** Stores a job and sends its message, as the API does. */
    public NewJob submit(RegionId... allowed) {
        NewJob job = store(allowed);
        master().sendAll(List.of(message(job)));
        return job;
    }

    public List<NewJob> submit(int count) {
        List<NewJob> jobs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            jobs.add(store());
        }
        master().sendAll(jobs.stream().map(LocalFleet::message).toList());
        return jobs;
    }

    /** Stores a job without a message. */
    public NewJob store(RegionId... allowed) {
        JobBuilder builder = aJob().createdAt(Instant.now().truncatedTo(ChronoUnit.MILLIS));
        if (allowed.length > 0) {
            builder.allowedRegions(allowed);
        }
        NewJob job = builder.build();
        jobs().submit(job);
        return job;
    }

    public static JobMessage message(NewJob job) {
        return new JobMessage(
                job.id(), job.userId(), JobBuilder.POOL, Lane.NORMAL, 0, job.allowedRegions(), job.orderingKey());
    }

    /** Puts anything at all on the master queue. */
    public void sendRaw(String body) {
        sendRaw(EAST, master().name(), body);
    }

    /** Puts anything at all on any queue. */
    public void sendRaw(RegionId region, String queue, String body) {
        sqs(region)
                .sendMessage(request -> request.queueUrl(url(region, queue)).messageBody(body))
                .join();
    }

    /** Empties every queue of the NORMAL lane, of what is in flight and of dead letters too. */
    public void purge() {
        purge(EAST, master().name());
        Stream.of(EAST, OREGON, CALIFORNIA)
                .forEach(region -> purge(region, regional(region).name()));
    }

    private void purge(RegionId region, String queue) {
        for (String name : List.of(queue, QueueNames.deadLetters(queue))) {
            sqs(region)
                    .purgeQueue(request -> request.queueUrl(url(region, name)))
                    .join();
        }
    }

    private String url(RegionId region, String queue) {
        return sqs(region)
                .getQueueUrl(request -> request.queueName(queue))
                .join()
                .queueUrl();
    }

    private SqsAsyncClient sqs(RegionId region) {
        return contexts.getFirst().getBean(RegionClients.class).sqs(region);
    }

    /** Puts messages into a region that nobody asked for, so that it looks busy. */
    public void load(RegionId region, int count) {
        List<JobMessage> messages = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            messages.add(new JobMessage(
                    JobId.random(), new UserId("load"), JobBuilder.POOL, Lane.NORMAL, 1, List.of(), null));
        }
        regional(region).sendAll(messages);
    }

    /** Takes what is visible in a queue, and keeps it in flight. */
    public static List<Delivery> take(JobQueue queue) {
        List<Delivery> all = new ArrayList<>();
        for (; ; ) {
            List<Delivery> some =
                    queue.receive(JobQueue.MAX_BATCH, Duration.ZERO, VISIBILITY).await();
            if (some.isEmpty()) {
                return all;
            }
            all.addAll(some);
        }
    }

    /** Takes and deletes what is visible in a region, as workers do in the end. */
    public List<JobMessage> workOff(RegionId region) {
        List<Delivery> taken = take(regional(region));
        regional(region).deleteAll(taken);
        return taken.stream().map(Delivery::message).toList();
    }

    private JobQueues queues() {
        return contexts.getFirst().getBean(JobQueues.class);
    }

    @Override
    public void close() {
        contexts.reversed().forEach(ConfigurableApplicationContext::close);
        aws.close();
    }
}
