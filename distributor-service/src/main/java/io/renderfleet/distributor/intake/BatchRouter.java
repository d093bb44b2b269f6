package io.renderfleet.distributor.intake;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.renderfleet.distributor.depth.DepthRefresher;
import io.renderfleet.distributor.dispatch.Dispatcher;
import io.renderfleet.distributor.intake.RegionChoice.Choice;
import io.renderfleet.distributor.intake.RoutingDecision.LeaveReason;
import io.renderfleet.pool.PoolName;
import io.renderfleet.queue.JobMessage;
import io.renderfleet.queue.JobQueue;
import io.renderfleet.queue.JobQueue.Delivery;
import io.renderfleet.region.RegionId;
import io.renderfleet.telemetry.FleetMetric;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Routes a batch of messages of one pool: chooses regions, writes the routes, forwards the messages, and deletes or
 * defers the received ones. A message is deleted only when its job needs no message, when it was forwarded, or when a
 * new copy of it was sent. Any other message stays on its queue, whatever fails.
 *
 * <p>Thread-safe. All loops of a pool share it, and the room that one batch reserves is not available to the others.
 */
final class BatchRouter {
    private static final Logger log = LoggerFactory.getLogger(BatchRouter.class);

    private final PoolName pool;
    private final DepthRefresher depths;
    private final RegionChoice regions;
    private final RouteWriter routes;
    private final Dispatcher dispatcher;
    private final MessageSettlement settlement;
    private final Duration routeTimeout;
    private final ExecutorService executor;
    private final MeterRegistry meters;
    private final Timer timer;

    BatchRouter(
            PoolName pool,
            DepthRefresher depths,
            RegionChoice regions,
            RouteWriter routes,
            Dispatcher dispatcher,
            MessageSettlement settlement,
            Duration routeTimeout,
            ExecutorService executor,
            MeterRegistry meters) {
        this.pool = pool;
        this.depths = depths;
        this.regions = regions;
        this.routes = routes;
        this.dispatcher = dispatcher;
        this.settlement = settlement;
        this.routeTimeout = routeTimeout;
        this.executor = executor;
        this.meters = meters;
        this.timer = Timer.builder(FleetMetric.DISTRIBUTOR_BATCH.metricName())
                .description(FleetMetric.DISTRIBUTOR_BATCH.description())
                .tag("pool", pool.value())
                .register(meters);
        // Registered at 0: Prometheus does not count the first value of a series as an increase.
        Arrays.stream(RoutingDecision.SkipReason.values())
                .forEach(reason -> counter(FleetMetric.DISTRIBUTOR_SKIPPED, reason));
        Arrays.stream(LeaveReason.values()).forEach(reason -> counter(FleetMetric.DISTRIBUTOR_LEFT, reason));
    }

    /**
     * Routes a batch from one queue.
     *
     * @return false when no message of the batch was processed and none was at fault, so that the caller should wait
     *     before the next batch
     */
    boolean route(JobQueue master, List<Delivery> batch) throws InterruptedException {
        Timer.Sample sample = Timer.start(meters);
        batch.stream().map(delivery -> delivery.message().lane()).distinct().forEach(depths::ensureFresh);
        IdentityHashMap<Delivery, LeaveReason> left = new IdentityHashMap<>();
        List<Delivery> done = new ArrayList<>();
        try (Choice choice =
                regions.choose(batch.stream().map(Delivery::message).toList())) {
            IdentityHashMap<JobMessage, Delivery> forwards = new IdentityHashMap<>();
            Map<RegionId, List<JobMessage>> byRegion = new HashMap<>();
            List<RoutingDecision> decisions = decisions(batch, choice);
            for (int i = 0; i < batch.size(); i++) {
                Delivery delivery = batch.get(i);
                switch (decisions.get(i)) {
                    case RoutingDecision.Forward(RegionId region, JobMessage message) -> {
                        forwards.put(message, delivery);
                        byRegion.computeIfAbsent(region, any -> new ArrayList<>())
                                .add(message);
                    }
                    case RoutingDecision.Skip(RoutingDecision.SkipReason reason) -> {
                        counter(FleetMetric.DISTRIBUTOR_SKIPPED, reason).increment();
                        done.add(delivery);
                    }
                    case RoutingDecision.Leave(LeaveReason reason) -> left.put(delivery, reason);
                }
            }
            Set<JobMessage> unsent = Collections.newSetFromMap(new IdentityHashMap<>());
            unsent.addAll(dispatcher.forward(byRegion, choice.reservation()::sent));
            forwards.forEach((message, delivery) -> {
                if (unsent.contains(message)) {
                    left.put(delivery, LeaveReason.NOT_FORWARDED);
                } else {
                    done.add(delivery);
                }
            });
        }
        left.values()
                .forEach(reason -> counter(FleetMetric.DISTRIBUTOR_LEFT, reason).increment());
        settlement.settle(master, done, left);
        sample.stop(timer);
        return !done.isEmpty() || left.values().stream().anyMatch(LeaveReason::isOwnFault);
    }

    /** Releases a batch that was not started, so that other distributors can receive it. */
    void release(JobQueue master, List<Delivery> batch) {
        settlement.release(master, batch);
    }

    private List<RoutingDecision> decisions(List<Delivery> batch, Choice choice) throws InterruptedException {
        List<Callable<RoutingDecision>> writes = new ArrayList<>(batch.size());
        for (int i = 0; i < batch.size(); i++) {
            JobMessage message = batch.get(i).message();
            @Nullable RegionId planned = choice.regions().get(i).orElse(null);
            if (!message.pool().equals(pool)) {
                writes.add(() -> new RoutingDecision.Leave(LeaveReason.UNPROCESSABLE));
                continue;
            }
            writes.add(
                    planned == null
                            ? () -> new RoutingDecision.Leave(LeaveReason.NO_ROOM)
                            : () -> routes.write(message, planned, choice));
        }
        List<RoutingDecision> decisions = new ArrayList<>(batch.size());
        for (Future<RoutingDecision> write :
                executor.invokeAll(writes, routeTimeout.toMillis(), TimeUnit.MILLISECONDS)) {
            decisions.add(decision(write));
        }
        return decisions;
    }

    private static RoutingDecision decision(Future<RoutingDecision> write) throws InterruptedException {
        try {
            return write.get();
        } catch (CancellationException e) {
            log.warn("A route could not be written in time; the message stays on its queue and is tried again");
            return new RoutingDecision.Leave(LeaveReason.STORE_UNAVAILABLE);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof SdkException sdk) {
                log.warn(
                        "A route could not be written; the message stays on its queue and is tried again: {}",
                        sdk.getMessage());
                return new RoutingDecision.Leave(LeaveReason.STORE_UNAVAILABLE);
            }
            log.warn(
                    "Unexpected error while routing a message; if it persists, the message becomes a dead letter",
                    e.getCause());
            return new RoutingDecision.Leave(LeaveReason.UNPROCESSABLE);
        }
    }

    private Counter counter(FleetMetric metric, Enum<?> reason) {
        return Counter.builder(metric.metricName())
                .description(metric.description())
                .tag("reason", reason.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .tag("pool", pool.value())
                .register(meters);
    }
}
