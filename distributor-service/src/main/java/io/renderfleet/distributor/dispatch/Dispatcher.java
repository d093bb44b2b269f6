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
 * Sends messages to their pools' queues in the regions: in batches of ten, all batches side by side. A destination that
 * fails is tried again briefly and then, once its circuit is open, not at all for a while; what it costs the others is
 * bounded by its time limit.
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
     * How many messages of a pool the circuit to a region lets through now: 0 while it is open, one batch while it is
     * being tried.
     */
    public long room(RegionId region, PoolName pool) {
        return link(new Destination(region, pool)).room();
    }

    /**
     * Sends all messages, or says which could not be sent. Those may have arrived all the same when an answer was
     * lost: send them again, the claim drops a second copy.
     *
     * @param sent told of each batch as soon as it is there, from several threads
     * @return the very objects that were not sent
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
                log.warn("A batch was not forwarded", e.getCause());
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
        return Objects.requireNonNull(links.get(destination), () -> destination + " is not configured");
    }

    /** One pool and lane to a batch, as queues are by pool and lane. */
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
