package io.renderfleet.distributor.recovery;

import static io.renderfleet.distributor.LocalFleet.OREGON;
import static io.renderfleet.distributor.LocalFleet.message;
import static io.renderfleet.distributor.LocalFleet.take;
import static io.renderfleet.testing.JobBuilder.aJob;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.resilience4j.retry.RetryRegistry;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.renderfleet.completion.CompletionEvent;
import io.renderfleet.distributor.LocalFleet;
import io.renderfleet.distributor.depth.DrainedRegionsCache;
import io.renderfleet.distributor.depth.PoolDepths;
import io.renderfleet.distributor.dispatch.Dispatcher;
import io.renderfleet.distributor.dispatch.ForwardedSamples;
import io.renderfleet.job.FileId;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobDatabase;
import io.renderfleet.job.JobEndListener;
import io.renderfleet.job.JobRecovery;
import io.renderfleet.job.JobResult;
import io.renderfleet.job.JobStatus;
import io.renderfleet.job.JobStore;
import io.renderfleet.job.JobStoreSettings;
import io.renderfleet.job.JobTable;
import io.renderfleet.job.NewJob;
import io.renderfleet.job.WorkerId;
import io.renderfleet.queue.CompletionQueue;
import io.renderfleet.queue.JobMessage;
import io.renderfleet.queue.JobQueue.Delivery;
import io.renderfleet.queue.JobQueues;
import io.renderfleet.queue.QueueSettings;
import io.renderfleet.region.FleetSettings;
import io.renderfleet.region.RegionClients;
import io.renderfleet.telemetry.FleetMetric;
import io.renderfleet.testing.MutableClock;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.ApplicationContext;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** The watchdog on real queues and a real table, over hours of a clock that the test drives. */
class WatchdogIT {
    private static LocalFleet fleet;
    private static ApplicationContext context;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final MutableClock clock = new MutableClock(Instant.parse("2030-01-01T00:00:00Z"));
    private JobDatabase database;
    private JobStore jobs;
    private Watchdog watchdog;

    @BeforeAll
    static void start() {
        fleet = new LocalFleet();
        context = fleet.distributor(
                "renderfleet.distributor.intake.loops=0",
                "renderfleet.distributor.depth.read-timeout=5s",
                "renderfleet.distributor.recovery.sweep=0s",
                "renderfleet.distributor.recovery.letters=0s");
    }

    @AfterAll
    static void stop() {
        fleet.close();
    }

    @BeforeEach
    void startTheClock() {
        fleet.purge();
        database = new JobDatabase(
                context.getBean(DynamoDbClient.class),
                context.getBean(FleetSettings.class).env(),
                clock,
                new JobStoreSettings(Duration.ofDays(30), Duration.ofSeconds(60)));
        jobs = new JobStore(database);
        watchdog = watchdog(context.getBean(JobQueues.class));
    }

    /** A watchdog that reads the real queues, and sends to these. */
    private Watchdog watchdog(JobQueues sendsTo) {
        return watchdog(sendsTo, database);
    }

    private Watchdog watchdog(JobQueues sendsTo, JobDatabase over) {
        JobRecovery recovery = new JobRecovery(over);
        QueueEvidence evidence = new QueueEvidence(context.getBean(ForwardedSamples.class), recovery, clock);
        return new Watchdog(
                recovery,
                sendsTo,
                new RecoveryPolicy(context.getBean(RecoverySettings.class)),
                () -> new ObservedFleet(
                        context.getBean(PoolDepths.class),
                        context.getBean(Dispatcher.class),
                        context.getBean(DrainedRegionsCache.class),
                        context.getBean(JobQueues.class),
                        evidence),
                100,
                context.getBean(RetryRegistry.class).retry("watchdog", "watchdog"),
                context.getBean(JobEndListener.class),
                clock,
                meters);
    }

    private void writePriority(NewJob job, String priority) {
        context.getBean(DynamoDbClient.class)
                .updateItem(request -> request.tableName(database.table())
                        .key(Map.of(
                                JobTable.JOB_ID, AttributeValue.fromS(job.id().toString())))
                        .updateExpression("SET #p = :p")
                        .expressionAttributeNames(Map.of("#p", "priority"))
                        .expressionAttributeValues(Map.of(":p", AttributeValue.fromS(priority))));
    }

    private double park() {
        Counter counter = meters.find(FleetMetric.DISTRIBUTOR_PARKED.metricName())
                .tag("reason", "unreadable")
                .counter();
        return counter == null ? 0 : counter.count();
    }

    @Test
    void parksAJobThatCannotBeReadAndSendsTheOthers() {
        NewJob unreadable = routed();
        List<NewJob> others = List.of(routed(), routed(), routed());
        writePriority(unreadable, "WRITTEN-BY-A-NEWER-VERSION");
        clock.advance(Duration.ofSeconds(60));
        watchdog.sweep();
        assertThat(take(fleet.master()))
                .extracting(delivery -> delivery.message().jobId())
                .containsAll(others.stream().map(NewJob::id).toList())
                .doesNotContain(unreadable.id());
        assertThat(park()).isOne();
        watchdog.sweep();
        assertThat(park()).isOne();

        writePriority(unreadable, "NORMAL");
        clock.advance(Watchdog.PARKED_FOR);
        watchdog.sweep();
        assertThat(meters.get(FleetMetric.DISTRIBUTOR_RECOVERED.metricName())
                        .tag("pool", "render")
                        .counters())
                .isNotEmpty();
        assertThat(onMaster(unreadable)).containsExactly(message(unreadable).withRouteEpoch(2));
        assertThat(new JobRecovery(database).listParked(10)).isEmpty();
    }

    @Test
    void endsASweepWhenTheJobStoreFailsAgainAndAgain() {
        List<NewJob> waiting = Stream.generate(this::routed).limit(20).toList();
        clock.advance(Duration.ofSeconds(60));
        AtomicInteger reads = new AtomicInteger();
        DynamoDbClient failing = (DynamoDbClient) Proxy.newProxyInstance(
                DynamoDbClient.class.getClassLoader(),
                new Class<?>[] {DynamoDbClient.class},
                (_, method, arguments) -> {
                    if (method.getName().equals("getItem")) {
                        reads.incrementAndGet();
                        throw SdkClientException.create("DynamoDB does not respond");
                    }
                    return method.invoke(context.getBean(DynamoDbClient.class), arguments);
                });
        JobDatabase away = new JobDatabase(
                failing,
                context.getBean(FleetSettings.class).env(),
                clock,
                new JobStoreSettings(Duration.ofDays(30), Duration.ofSeconds(60)));
        watchdog(context.getBean(JobQueues.class), away).sweep();
        assertThat(reads).hasValue(5);
        assertThat(new JobRecovery(database).listParked(10)).isEmpty();
        watchdog.sweep();
        assertThat(waiting)
                .allSatisfy(job -> assertThat(stored(job).routeEpoch()).isEqualTo(2));
    }

    /** The worker died, or lost its connection to SQS, between the end of the job and its event. */
    @Test
    void sendsTheCompletionEventOfAJobWhoseServiceDied() {
        NewJob job = aJob().createdAt(clock.instant()).notifying("live").build();
        jobs.submit(job);
        jobs.route(job.id(), 0, OREGON);
        Job claimed = ((JobStore.ClaimOutcome.Claimed)
                        jobs.claim(job.id(), 1, OREGON, new WorkerId("worker-1"), Duration.ofMinutes(1)))
                .job();
        jobs.complete(claimed, new JobResult(FileId.random(), "png", 1, "image/png"), List.of());
        watchdog.sweep();
        assertThat(completions()).isEmpty();

        clock.advance(Duration.ofSeconds(20));
        watchdog.sweep();
        watchdog.sweep();

        assertThat(completions()).singleElement().satisfies(event -> {
            assertThat(event.jobId()).isEqualTo(job.id());
            assertThat(event.status()).isEqualTo(JobStatus.COMPLETED);
            assertThat(event.result()).isNull();
        });
        clock.advance(Duration.ofHours(1));
        await().atMost(Duration.ofSeconds(20))
                .until(() -> new JobRecovery(database).check(job.id()).isEmpty());
    }

    private static List<CompletionEvent> completions() {
        CompletionQueue queue = context.getBean(JobQueues.class).completions();
        List<CompletionQueue.Received> received =
                queue.receive(Duration.ofSeconds(1), Duration.ofMinutes(1)).await();
        queue.deleteAll(received);
        return received.stream()
                .map(message -> CompletionEvent.of(message.body()).orElseThrow())
                .toList();
    }

    private NewJob routed() {
        // Nowhere else: a job that has waited for long moves to a region with much less to do.
        NewJob job = aJob().createdAt(clock.instant()).allowedRegions(OREGON).build();
        jobs.submit(job);
        jobs.route(job.id(), 0, OREGON);
        return job;
    }

    private Job stored(NewJob job) {
        return jobs.find(job.id()).orElseThrow();
    }

    private static List<JobMessage> onMaster(NewJob job) {
        return take(fleet.master()).stream()
                .map(Delivery::message)
                .filter(message -> message.jobId().equals(job.id()))
                .toList();
    }

    @Test
    void sendsNoCopyOfAHundredJobsThatWaitForAnHour() {
        List<JobMessage> messages = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            messages.add(message(routed()).withRouteEpoch(1));
        }
        fleet.regional(OREGON).sendAll(messages);
        for (int sweep = 0; sweep < 120; sweep++) {
            clock.advance(Duration.ofSeconds(30));
            watchdog.sweep();
        }
        assertThat(fleet.regional(OREGON).depth().total()).isEqualTo(100);
        // The jobs of other tests are swept too.
        assertThat(take(fleet.master()))
                .extracting(delivery -> delivery.message().jobId())
                .doesNotContainAnyElementsOf(
                        messages.stream().map(JobMessage::jobId).toList());
    }

    @Test
    void sendsSoonAfterAMessageThatCouldNotBeSentThoughTheQueueIsNeverEmpty() {
        NewJob job = routed();
        FleetSettings here = context.getBean(FleetSettings.class);
        FleetSettings nowhere = new FleetSettings(
                "nowhere", here.homeRegion(), here.regions(), here.pools(), here.bucketSuffix(), here.endpoints());
        clock.advance(Duration.ofSeconds(60));
        try (JobQueues missing = new JobQueues(
                nowhere,
                context.getBean(RegionClients.class),
                context.getBean(QueueSettings.class),
                new SimpleMeterRegistry())) {
            watchdog(missing).sweep();
        }
        assertThat(stored(job).routeEpoch()).isEqualTo(2);
        assertThat(stored(job).region()).isNull();
        assertThat(onMaster(job)).isEmpty();

        // Another job's message waits there, so that an empty queue is no sign.
        fleet.master().sendAll(List.of(message(aJob().build())));
        clock.advance(Duration.ofSeconds(15));
        watchdog.sweep();
        assertThat(onMaster(job)).containsExactly(message(job).withRouteEpoch(2));
        fleet.master().sendAll(List.of(message(aJob().build())));
        for (int sweep = 0; sweep < 20; sweep++) {
            clock.advance(Duration.ofSeconds(30));
            watchdog.sweep();
        }
        assertThat(onMaster(job)).isEmpty();
    }
}
