package io.renderfleet.queue;

import io.renderfleet.region.FleetSettings;
import io.renderfleet.region.RegionClients;
import io.renderfleet.region.RegionId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;
import software.amazon.awssdk.services.sqs.batchmanager.SqsAsyncBatchManager;

/** Every queue of the fleet, each made on first use. Closing sends what is still being gathered. */
public final class JobQueues implements AutoCloseable {
    private final FleetSettings fleet;
    private final RegionClients clients;
    private final QueueSettings settings;
    private final QueueNames names;
    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(
            1, Thread.ofPlatform().name("sqs-batches-", 0).daemon().factory());
    private final Map<String, JobQueue> queues = new HashMap<>();
    private final List<SqsAsyncBatchManager> managers = new ArrayList<>();

    public JobQueues(FleetSettings fleet, RegionClients clients, QueueSettings settings) {
        this.fleet = fleet;
        this.clients = clients;
        this.settings = settings;
        this.names = new QueueNames(fleet.env());
    }

    /** The home region's queue of jobs that wait to be routed. */
    public JobQueue master(Lane lane) {
        return queue(fleet.homeRegion(), names.master(lane));
    }

    /** A region's queue of jobs that wait for a worker there. */
    public JobQueue regional(RegionId region, Lane lane) {
        return queue(region, names.regional(region, lane));
    }

    private synchronized JobQueue queue(RegionId region, String name) {
        return queues.computeIfAbsent(name, wanted -> {
            SqsAsyncClient client = clients.sqs(region);
            return new JobQueue(
                    wanted,
                    client,
                    manager(client, settings.sendWindow()),
                    manager(client, settings.acknowledgeWindow()));
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
