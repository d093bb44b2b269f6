package io.renderfleet.worker.execution;

import static io.renderfleet.testing.JobBuilder.aJob;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobStore;
import io.renderfleet.job.JobStore.RouteOutcome;
import io.renderfleet.job.JobStore.SubmitOutcome;
import io.renderfleet.job.NewJob;
import io.renderfleet.job.WorkerId;
import io.renderfleet.jobtype.JobRunner;
import io.renderfleet.jobtype.JobRunners;
import io.renderfleet.pool.Pool;
import io.renderfleet.queue.JobMessage;
import io.renderfleet.queue.JobQueue;
import io.renderfleet.queue.JobQueue.Delivery;
import io.renderfleet.queue.Lane;
import io.renderfleet.region.RegionId;
import io.renderfleet.telemetry.FleetMetric;
import io.renderfleet.telemetry.JobTraces;
import io.renderfleet.testing.JobBuilder;
import io.renderfleet.worker.LocalFleet;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/** One worker's execution over a local AWS, and the jobs it is given. */
public final class TestWorker {
    public static final RegionId REGION = new RegionId("us-west-1");
    public static final Duration LEASE = Duration.ofSeconds(30);

    static final DataSize MEMORY = DataSize.ofMegabytes(100);

    static final AttemptLimits LIMITS = new AttemptLimits(DataSize.ofMegabytes(30), DataSize.ofMegabytes(120), 20);

    private static final Duration WAIT = Duration.ofSeconds(5);
    private static final Duration VISIBILITY = Duration.ofSeconds(60);

    private final JobStore store;
    private final JobQueue queue;
    private final JobRunners runners;
    private final JobExecution execution;
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    public TestWorker(String name, LocalFleet fleet, JobQueue queue, JobRunner runner, Clock clock) {
        this(name, fleet, fleet.jobs(clock), queue, runner, clock);
    }

    public TestWorker(String name, LocalFleet fleet, JobStore store, JobQueue queue, JobRunner runner, Clock clock) {
        this(name, fleet, store, queue, runner, clock, LEASE);
    }

    /** With a shorter lease, an attempt is left behind sooner. */
    TestWorker(
            String name,
            LocalFleet fleet,
            JobStore store,
            JobQueue queue,
            JobRunner runner,
            Clock clock,
            Duration lease) {
        this(name, fleet, store, queue, runner, clock, lease, null);
    }

    /** With a directory for the names of running jobs. */
    TestWorker(
            String name,
            LocalFleet fleet,
            JobStore store,
            JobQueue queue,
            JobRunner runner,
            Clock clock,
            Duration lease,
            @Nullable Path inHand) {
        this.store = store;
        this.queue = queue;
        this.runners = new JobRunners(List.of(runner));
        this.execution = new JobExecution(
                store,
                fleet.results(),
                runners,
                new ServedPools(List.of(new Pool(JobBuilder.POOL, Pool.Kind.CPU, 0)), 1),
                new WorkerSettings(
                        REGION,
                        Set.of(Lane.NORMAL),
                        Set.of(),
                        1,
                        lease,
                        Duration.ofSeconds(5),
                        Duration.ZERO,
                        MEMORY,
                        null),
                LIMITS,
                new JobsInHand(inHand, inHand == null ? Path.of("unused") : inHand.resolveSibling("unused")),
                new WorkerId(name),
                clock,
                new Random(1),
                meters,
                JobTraces.none());
    }

    public JobExecution execution() {
        return execution;
    }

    /** Stores a job, routes it here and sends its message. */
    public JobId submit(JobBuilder builder) {
        JobMessage message = submitUnsent(builder);
        assertThat(queue.sendAll(List.of(message))).isEmpty();
        return message.jobId();
    }

    JobId submit() {
        return submit(aJob());
    }

    /** Stores a job and routes it here, without a message. */
    public JobMessage submitUnsent(JobBuilder builder) {
        NewJob job = builder.build();
        assertThat(store.submit(job)).isInstanceOf(SubmitOutcome.Stored.class);
        assertThat(store.route(job.id(), 0, REGION)).isEqualTo(new RouteOutcome.Routed(1));
        return message(job.id(), 1);
    }

    static JobMessage message(JobId job, int routeEpoch) {
        return new JobMessage(job, aJob().build().userId(), JobBuilder.POOL, Lane.NORMAL, routeEpoch, List.of(), null);
    }

    void send(JobMessage message) {
        assertThat(queue.sendAll(List.of(message))).isEmpty();
    }

    /** The next message, waiting for it. */
    Delivery receive() {
        List<Delivery> received = new ArrayList<>();
        for (int polls = 0; polls < 4 && received.isEmpty(); polls++) {
            try (JobQueue.Poll poll = queue.receive(1, WAIT, VISIBILITY)) {
                received.addAll(poll.await());
            }
        }
        return received.getFirst();
    }

    /** The time before which the runner has no capacity. */
    public Optional<Instant> closedUntil() {
        return runners.closedUntil(JobBuilder.POOL);
    }

    /** Receives a message and does with it what a slot does, to the end. */
    void executeNext() throws InterruptedException {
        execute(receive());
    }

    /** Receives a message and executes it on a thread of its own, as a slot does; done when the attempt is settled. */
    CompletableFuture<Void> receiveAndExecute() throws InterruptedException {
        Delivery delivery = receive();
        return CompletableFuture.runAsync(
                () -> {
                    try {
                        execute(delivery);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                command -> Thread.ofVirtual().start(command));
    }

    void execute(Delivery delivery) throws InterruptedException {
        execution.execute(queue, delivery);
        execution.awaitAcknowledgements(WAIT);
    }

    public Job job(JobId id) {
        return store.find(id).orElseThrow();
    }

    public double counted(String metric, String outcome) {
        var counter = meters.find(metric).tag("outcome", outcome).counter();
        return counter == null ? 0 : counter.count();
    }

    /** All that the jobs that were started here had waited, and how many those were. */
    Timer waited() {
        return meters.get(FleetMetric.WORKER_WAIT.metricName()).timer();
    }
}
