package io.renderfleet.worker.intake;

import io.renderfleet.pool.PoolName;
import io.renderfleet.queue.JobQueue.Delivery;
import io.renderfleet.queue.Lane;
import io.renderfleet.telemetry.LoopHealth;
import io.renderfleet.worker.execution.JobExecution;
import io.renderfleet.worker.protection.TaskProtection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receives messages from the lanes of one pool and runs each in a slot. No message waits inside the worker for a slot:
 * its job is claimed at once, or the message is released. {@link IntakePlan} decides what to receive; a single thread
 * reports all events to it and makes its calls, so that the plan needs no locks.
 */
final class PoolIntake {
    private static final Duration LONGEST_IDLE = Duration.ofSeconds(30);

    /** The time after which the loop counts as stuck. Nothing in it waits for AWS. */
    private static final Duration LONGEST_TURN = Duration.ofMinutes(3);

    private static final Duration AFTER_FAILURE = Duration.ofMillis(100);
    private static final Logger log = LoggerFactory.getLogger(PoolIntake.class);

    /** How long receiving pauses after the system could not start a thread for a job. */
    private static final Duration NO_THREAD_PAUSE = Duration.ofSeconds(2);

    /** How often a pool without capacity is asked whether it has some. */
    private static final Duration CLOSED_CHECK = Duration.ofSeconds(1);

    private final PoolName pool;
    private final String name;
    private final Map<Lane, LanePoller> pollers = new EnumMap<>(Lane.class);
    private final IntakePlan plan;
    private final Supplier<Optional<Instant>> closedUntil;
    private final JobExecution execution;
    private final TaskProtection protection;
    private final Slots slots;
    private final LoopHealth health;
    private final long started = System.nanoTime();
    private final BlockingQueue<Runnable> events = new LinkedBlockingQueue<>();
    /** Messages of long polls that arrived while all slots were busy or reserved for calls that may return nothing. */
    private final List<Surplus> surplus = new ArrayList<>();

    private final Thread loop;
    private volatile boolean running;
    private boolean hasCapacity = true;

    /** @param closedUntil the time before which no job of the pool can be run, as far as its runners know */
    PoolIntake(
            PoolName pool,
            Collection<LanePoller> pollers,
            IntakePlan plan,
            Supplier<Optional<Instant>> closedUntil,
            JobExecution execution,
            TaskProtection protection,
            Slots slots,
            LoopHealth health) {
        this.pool = pool;
        this.name = "intake-" + pool;
        pollers.forEach(poller -> this.pollers.put(poller.lane(), poller));
        this.plan = plan;
        this.closedUntil = closedUntil;
        this.execution = execution;
        this.protection = protection;
        this.slots = slots;
        this.health = health;
        this.loop = Thread.ofVirtual().name(name).unstarted(this::loop);
    }

    private record Surplus(LanePoller poller, Delivery delivery) {}

    void start() {
        log.info("Receiving from the lanes {} of pool {} with {} slots", pollers.keySet(), pool, slots.count());
        running = true;
        loop.start();
    }

    private void loop() {
        try {
            while (running || plan.isReceiving()) {
                try {
                    health.turn(name, LONGEST_TURN);
                    // Handles all pending events first, because the next calls depend on them.
                    if (running && events.isEmpty()) {
                        pauseWithoutCapacity();
                        plan.next(now()).forEach(this::receive);
                    }
                    Runnable event = events.poll(idle().toNanos(), TimeUnit.NANOSECONDS);
                    if (event != null) {
                        event.run();
                    }
                } catch (RuntimeException | Error e) {
                    // Errors too: a worker without its loop would seem alive and run no jobs.
                    log.error("Unexpected error in the intake loop of pool {}; continuing", pool, e);
                    Thread.sleep(AFTER_FAILURE);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            health.ended(name);
        }
    }

    /** Capacity may come back earlier than expected, so the pauses are short. */
    private void pauseWithoutCapacity() {
        Optional<Instant> until = closedUntil.get();
        if (until.isPresent()) {
            plan.pause(now().plus(CLOSED_CHECK), true);
        }
        if (until.isPresent() == hasCapacity) {
            hasCapacity = until.isEmpty();
            log.info(
                    hasCapacity
                            ? "Pool {} has capacity again; receiving jobs"
                            : "Pool {} has no capacity before {}; receiving no jobs",
                    pool,
                    until.orElse(null));
        }
    }

    /** At most {@link #LONGEST_IDLE}, so that an idle loop also reports its health. */
    private Duration idle() {
        Duration idle = plan.idleFor(now());
        return idle.compareTo(LONGEST_IDLE) < 0 ? idle : LONGEST_IDLE;
    }

    private Duration now() {
        return Duration.ofNanos(System.nanoTime() - started);
    }

    private void receive(Receive receive) {
        LanePoller poller = Objects.requireNonNull(pollers.get(receive.lane()));
        LanePoller.Listener listener = listener(poller);
        try {
            poller.start(receive, listener);
        } catch (RuntimeException | Error e) {
            // Otherwise slots would stay reserved for a call that was never made.
            listener.failed(receive, e);
        }
    }

    private LanePoller.Listener listener(LanePoller poller) {
        return new LanePoller.Listener() {
            @Override
            public void answered(Receive receive, List<Delivery> deliveries) {
                events.add(() -> PoolIntake.this.answered(poller, receive, deliveries));
            }

            @Override
            public void failed(Receive receive, Throwable failure) {
                events.add(() -> {
                    poller.logFailure(failure);
                    plan.failed(receive, now());
                    placeSurplus();
                });
            }
        };
    }

    private void answered(LanePoller poller, Receive receive, List<Delivery> deliveries) {
        poller.logSuccess();
        pauseWithoutCapacity();
        int granted = plan.answered(receive, deliveries.size(), now());
        deliveries.subList(0, granted).forEach(delivery -> occupy(poller, delivery));
        deliveries.subList(granted, deliveries.size()).forEach(delivery -> surplus.add(new Surplus(poller, delivery)));
        placeSurplus();
    }

    private void placeSurplus() {
        while (!surplus.isEmpty() && plan.takeSlot(surplus.getFirst().poller().lane())) {
            Surplus first = surplus.removeFirst();
            occupy(first.poller(), first.delivery());
        }
        if (!plan.isAsking()) {
            surplus.forEach(left -> execution.release(left.poller().queue(), left.delivery(), Duration.ZERO));
            surplus.clear();
        }
    }

    /** Runs a message to which the plan has assigned a slot, or releases it if the intake is closed. */
    private void occupy(LanePoller poller, Delivery delivery) {
        // Open polls are not aborted at first, because an aborted poll could hide a message for a whole lease. Messages
        // that arrive after the stop are released.
        var closed = running ? plan.closedFor(now()) : Optional.of(Duration.ZERO);
        if (closed.isPresent()) {
            plan.slotFreed();
            execution.release(poller.queue(), delivery, closed.get());
        } else {
            occupyOpen(poller, delivery);
        }
    }

    private void occupyOpen(LanePoller poller, Delivery delivery) {
        try {
            slots.occupy(() -> work(poller, delivery), () -> events.add(plan::slotFreed));
        } catch (RuntimeException | Error e) {
            // Otherwise the slot would be lost, and the message hidden until its visibility timeout ends.
            plan.slotFreed();
            plan.pause(now().plus(NO_THREAD_PAUSE), false);
            log.error(
                    "No thread could be started for job {}; its message was released and receiving pauses for {}. Check"
                            + " the worker's memory and its limit of threads.",
                    delivery.message().jobId(),
                    NO_THREAD_PAUSE,
                    e);
            execution.release(poller.queue(), delivery, NO_THREAD_PAUSE);
        }
    }

    private void work(LanePoller poller, Delivery delivery) {
        Duration blocked = protection.begin();
        if (blocked.isPositive()) {
            execution.release(poller.queue(), delivery, Duration.ZERO);
            events.add(() -> plan.pause(now().plus(blocked), false));
            return;
        }
        try {
            Duration pause = execution.execute(poller.queue(), delivery);
            if (pause.isPositive()) {
                events.add(() -> plan.pause(now().plus(pause), true));
            }
        } finally {
            protection.end();
        }
    }

    /** Receives no messages while the region is drained. Can be called from any thread. */
    void close(boolean drained) {
        events.add(() -> plan.close(drained));
    }

    /** Ends receiving. Returns at once. */
    void stopReceiving() {
        running = false;
        events.add(() -> {});
    }

    /** Waits until no call is open and no slot is busy; false if the limit passes before. */
    boolean awaitIdle(Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        if (!loop.join(limit.isPositive() ? limit : Duration.ofNanos(1))) {
            pollers.values().forEach(LanePoller::abandon);
        }
        return slots.awaitIdle(Duration.ofNanos(deadline - System.nanoTime()));
    }

    /** The number of busy slots. */
    int busy() {
        return slots.busy();
    }

    void close() {
        loop.interrupt();
        slots.close();
    }
}
