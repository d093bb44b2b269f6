package io.renderfleet.queue;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.renderfleet.pool.PoolName;
import io.renderfleet.region.FleetSettings;
import io.renderfleet.region.RegionClients;
import io.renderfleet.region.RegionId;
import io.renderfleet.telemetry.FleetMetric;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;
import software.amazon.awssdk.services.sqs.batchmanager.SqsAsyncBatchManager;

/**
 * All queues of a deployment, each created on first use. Closing this object sends the messages that are waiting to be
 * batched.
 *
 * <p>Thread-safe.
 */
public final class JobQueues implements AutoCloseable {
    private final FleetSettings fleet;
    private final RegionClients clients;
    private final QueueSettings settings;
    private final MeterRegistry meters;
    private final QueueNames names;
    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(
            1, Thread.ofPlatform().name("sqs-batches-", 0).daemon().factory());
    private final Map<String, JobQueue> queues = new HashMap<>();
    private final Map<String, CompletionQueue> completions = new HashMap<>();
    private final List<SqsAsyncBatchManager> managers = new ArrayList<>();

    public JobQueues(FleetSettings fleet, RegionClients clients, QueueSettings settings, MeterRegistry meters) {
        this.fleet = fleet;
        this.clients = clients;
        this.settings = settings;
        this.meters = meters;
        this.names = new QueueNames(fleet.env());
    }

    /** The master queue, in the home region: jobs of a pool that wait to be routed. */
    public JobQueue master(PoolName pool, Lane lane) {
        return queue(fleet.homeRegion(), names.master(pool, lane), lane);
    }

    /** A region's queue: jobs of a pool that were routed there and wait for a worker. */
    public JobQueue regional(RegionId region, PoolName pool, Lane lane) {
        return queue(region, names.regional(region, pool, lane), lane);
    }

    /** The queue of completion events that the API itself handles. */
    public CompletionQueue completions() {
        return completionQueue(names.completions());
    }

    /** The queue of completion events of a sink outside of the API. */
    public CompletionQueue completions(String sink) {
        return completionQueue(names.completions(sink));
    }

    private synchronized CompletionQueue completionQueue(String name) {
        return completions.computeIfAbsent(
                name, wanted -> new CompletionQueue(wanted, clients.sqs(fleet.homeRegion())));
    }

    /** The dead-letter queues of all queues: those of the master queues first, then region by region. */
    public List<DeadLetterQueue> deadLetters() {
        List<DeadLetterQueue> all = new ArrayList<>();
        for (PoolName pool : fleet.poolNames()) {
            for (Lane lane : Lane.values()) {
                all.add(deadLetters(fleet.homeRegion(), null, pool, lane, names.master(pool, lane)));
            }
        }
        for (RegionId region : fleet.regions()) {
            for (PoolName pool : fleet.poolNames()) {
                for (Lane lane : Lane.values()) {
                    all.add(deadLetters(region, region, pool, lane, names.regional(region, pool, lane)));
                }
            }
        }
        return all;
    }

    private DeadLetterQueue deadLetters(
            RegionId at, @Nullable RegionId region, PoolName pool, Lane lane, String queueName) {
        return new DeadLetterQueue(QueueNames.deadLetters(queueName), region, pool, lane, clients.sqs(at));
    }

    private synchronized JobQueue queue(RegionId region, String name, Lane lane) {
        return queues.computeIfAbsent(name, wanted -> {
            SqsAsyncClient client = clients.sqs(region);
            return new JobQueue(
                    wanted,
                    client,
                    manager(MessageSender.limited(client), settings.sendWindow()),
                    // A FIFO queue delivers the next message of a group only after the previous one was deleted.
                    manager(client, lane.isFifo() ? settings.sendWindow() : settings.acknowledgeWindow()),
                    settings.renewAfter(),
                    Counter.builder(FleetMetric.QUEUE_UNREADABLE.metricName())
                            .description(FleetMetric.QUEUE_UNREADABLE.description())
                            .tag("queue", name)
                            .register(meters));
        });
    }

    private SqsAsyncBatchManager manager(SqsAsyncClient client, Duration window) {
        SqsAsyncBatchManager manager = SqsAsyncBatchManager.builder()
                .client(client)
                .scheduledExecutor(timer)
                .overrideConfiguration(
                        override -> override.maxBatchSize(JobQueue.MAX_BATCH).sendRequestFrequency(window))
                .build();
        managers.add(manager);
        return manager;
    }

    @Override
    public synchronized void close() {
        managers.forEach(SqsAsyncBatchManager::close);
        timer.shutdownNow();
    }
}
