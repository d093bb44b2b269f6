package io.renderfleet.distributor.dispatch;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.renderfleet.pool.PoolName;
import io.renderfleet.queue.JobMessage;
import io.renderfleet.queue.JobQueue;
import io.renderfleet.queue.JobQueues;
import io.renderfleet.region.RegionId;
import io.renderfleet.telemetry.FleetMetric;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.function.ObjLongConsumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends messages to the queues of their pools in the regions, in batches of ten, all batches in parallel. A failed send
 * is retried briefly. While the circuit breaker of a destination is open, nothing is sent there. A destination that
 * does not respond delays the others by at most its time limit.
 *
 * <p>Thread-safe.
 */
public final class Dispatcher {
    private static final Logger log = LoggerFactory.getLogger(Dispatcher.class);

    private final JobQueues queues;
    private final Map<Destination, RegionLink> links;
    private final ForwardedSamples samples;
    private final ExecutorService executor;
    private final MeterRegistry meters;

    Dispatcher(
            JobQueues queues,
            Map<Destination, RegionLink> links,
            ForwardedSamples samples,
            ExecutorService executor,
            MeterRegistry meters) {
        this.queues = queues;
        this.links = Map.copyOf(links);
        this.samples = samples;
        this.executor = executor;
        this.meters = meters;
    }

    /**
     * The number of messages of a pool that can be sent to a region now: 0 while the circuit breaker is open, one batch
     * while it is half-open, unlimited otherwise.
     */
    public long room(RegionId region, PoolName pool) {
        return link(new Destination(region, pool)).room();
    }

    /**
     * Sends messages. A message that is returned as not sent may still have arrived, if only the response was lost. It
     * can be sent again, because a second copy is dropped when a worker claims it.
     *
     * @param messages the messages for each region
     * @param sent is called from several threads with the number of messages of each batch that were sent
     * @return the messages that were not sent, the same objects as in the argument
     */
    public List<JobMessage> forward(Map<RegionId, List<JobMessage>> messages, ObjLongConsumer<RegionId> sent)
            throws InterruptedException {
        List<List<JobMessage>> batches = new ArrayList<>();
        List<Future<List<JobMessage>>> sends = new ArrayList<>();
        messages.forEach((region, all) -> batchesOf(all).forEach(batch -> {
            batches.add(batch);
            sends.add(executor.submit(() -> send(region, batch, sent)));
        }));
        List<JobMessage> left = new ArrayList<>();
        for (int i = 0; i < sends.size(); i++) {
            try {
                left.addAll(sends.get(i).get());
            } catch (ExecutionException e) {
                log.warn(
                        "Unexpected error while forwarding a batch; its messages are routed again later", e.getCause());
                left.addAll(batches.get(i));
            }
        }
        return left;
    }

    private List<JobMessage> send(RegionId region, List<JobMessage> batch, ObjLongConsumer<RegionId> sent) {
        JobMessage first = batch.getFirst();
        Destination destination = new Destination(region, first.pool());
        JobQueue queue = queues.regional(region, first.pool(), first.lane());
        List<JobMessage> left = link(destination).send(queue, batch);
        int done = batch.size() - left.size();
        sent.accept(region, done);
        batch.stream()
                .filter(message -> !left.contains(message))
                .findAny()
                .ifPresent(message -> samples.forwarded(region, message));
        counter(FleetMetric.DISTRIBUTOR_ROUTED, destination).increment(done);
        counter(FleetMetric.DISTRIBUTOR_FORWARD_FAILURES, destination).increment(left.size());
        return left;
    }

    private Counter counter(FleetMetric metric, Destination destination) {
        return Counter.builder(metric.metricName())
                .description(metric.description())
                .tag("region", destination.region().value())
                .tag("pool", destination.pool().value())
                .register(meters);
    }

    private RegionLink link(Destination destination) {
        return Objects.requireNonNull(
                links.get(destination), () -> "The destination " + destination + " is not configured");
    }

    /** Divides messages into batches of one pool and lane each, because each pool and lane has its own queue. */
    private static List<List<JobMessage>> batchesOf(List<JobMessage> messages) {
        List<List<JobMessage>> batches = new ArrayList<>();
        messages.stream()
                .collect(Collectors.groupingBy(message -> List.of(message.pool(), message.lane())))
                .values()
                .forEach(ofQueue -> {
                    for (int from = 0; from < ofQueue.size(); from += JobQueue.MAX_BATCH) {
                        batches.add(ofQueue.subList(from, Math.min(from + JobQueue.MAX_BATCH, ofQueue.size())));
                    }
                });
        return batches;
    }
}
