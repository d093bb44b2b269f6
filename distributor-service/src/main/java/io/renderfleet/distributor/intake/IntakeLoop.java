package io.renderfleet.distributor.intake;

import io.renderfleet.distributor.depth.DepthRefresher;
import io.renderfleet.queue.JobQueue;
import io.renderfleet.queue.JobQueue.Delivery;
import io.renderfleet.queue.QueueUnavailableException;
import io.renderfleet.telemetry.LoopHealth;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One poll loop on one queue. It receives only as many messages as there is room for, so that a full fleet causes no
 * calls and no receipts. It continues after any error, with a backoff while errors repeat.
 */
final class IntakeLoop implements Runnable {
    /** The pause between checks for room while there is none. A check makes no call to AWS. */
    private static final Duration ROOM_PAUSE = Duration.ofMillis(250);

    /** The time during which messages are added to a batch, which must be routed before it becomes visible again. */
    private static final Duration GATHER_TIME = Duration.ofSeconds(2);

    /** The time that a turn may take in addition to its poll and its routes before liveness is DOWN. */
    private static final Duration SLACK = Duration.ofMinutes(2);

    private static final Backoff AFTER_FAILURE = new Backoff(Duration.ofMillis(200), Duration.ofSeconds(10));
    private static final Logger log = LoggerFactory.getLogger(IntakeLoop.class);

    private final JobQueue master;
    private final BatchRouter router;
    private final RegionChoice regions;
    private final DepthRefresher depths;
    private final IntakeSettings settings;
    private final RandomGenerator random;
    private final LoopHealth health;
    private final Object signal = new Object();

    private boolean stopping;
    private JobQueue.@Nullable Poll poll;

    IntakeLoop(
            JobQueue master,
            BatchRouter router,
            RegionChoice regions,
            DepthRefresher depths,
            IntakeSettings settings,
            RandomGenerator random,
            LoopHealth health) {
        this.master = master;
        this.router = router;
        this.regions = regions;
        this.depths = depths;
        this.settings = settings;
        this.random = random;
        this.health = health;
    }

    /** Stops the loop after its batch. Messages that an open poll still receives are released. */
    void stop() {
        synchronized (signal) {
            stopping = true;
            signal.notifyAll();
        }
    }

    /** Stops waiting for an open poll. */
    void abandonPoll() {
        JobQueue.Poll open;
        synchronized (signal) {
            open = poll;
        }
        if (open != null) {
            open.close();
        }
    }

    @Override
    public void run() {
        String name = Thread.currentThread().getName() + " of " + master.name();
        Duration longest = settings.longPoll().plus(settings.routeTimeout()).plus(SLACK);
        int failures = 0;
        try {
            while (!isStopping()) {
                health.turn(name, longest);
                failures = turn() ? 0 : failures + 1;
                if (failures > 0) {
                    pause(AFTER_FAILURE.delay(failures, random));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            health.ended(name);
        }
    }

    /** Receives and routes one batch; false when the loop should back off. */
    private boolean turn() throws InterruptedException {
        try {
            int room = regions.room(JobQueue.MAX_BATCH * (1 + settings.gather()));
            if (room == 0) {
                depths.ensureFresh();
                pause(ROOM_PAUSE);
                return true;
            }
            List<Delivery> batch = receive(room);
            if (batch.isEmpty()) {
                return true;
            }
            if (isStopping()) {
                router.release(master, batch);
                return true;
            }
            return router.route(master, batch);
        } catch (QueueUnavailableException e) {
            log.warn("Could not receive messages from {}; trying again: {}", master.name(), e.getMessage());
            return false;
        } catch (InterruptedException e) {
            throw e;
        } catch (Throwable e) {
            // Catches errors too: without its loops, a distributor would seem to run but route nothing.
            log.error("Unexpected error in the intake loop of {}; continuing", master.name(), e);
            return false;
        }
    }

    /**
     * Receives a batch. While receives return full batches and there is room, more messages are added without waiting.
     */
    private List<Delivery> receive(int room) {
        List<Delivery> batch = new ArrayList<>(poll(Math.min(room, JobQueue.MAX_BATCH), settings.longPoll()));
        long deadline = System.nanoTime() + GATHER_TIME.toNanos();
        int last = batch.size();
        while (last == JobQueue.MAX_BATCH && batch.size() < room && !isStopping() && System.nanoTime() < deadline) {
            try {
                List<Delivery> more = poll(Math.min(room - batch.size(), JobQueue.MAX_BATCH), Duration.ZERO);
                last = more.size();
                batch.addAll(more);
            } catch (QueueUnavailableException e) {
                log.warn(
                        "Could not add messages from {} to a batch; routing the {} messages received so far: {}",
                        master.name(),
                        batch.size(),
                        e.getMessage());
                last = 0;
            }
        }
        return batch;
    }

    private List<Delivery> poll(int most, Duration wait) {
        JobQueue.Poll begun = master.receive(most, wait, settings.visibility());
        synchronized (signal) {
            poll = begun;
        }
        try {
            return begun.await();
        } finally {
            synchronized (signal) {
                poll = null;
            }
        }
    }

    private boolean isStopping() {
        synchronized (signal) {
            return stopping;
        }
    }

    private void pause(Duration duration) throws InterruptedException {
        long deadline = System.nanoTime() + duration.toNanos();
        synchronized (signal) {
            for (long left = duration.toMillis(); !stopping && left > 0; ) {
                signal.wait(left);
                left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            }
        }
    }
}
