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
 * One poll loop on one master queue. It receives only what there is room for, so that a full fleet costs no calls and
 * no receipts; it survives whatever goes wrong in a turn, and waits longer the more turns in a row go wrong.
 */
final class IntakeLoop implements Runnable {
    /** How often a loop looks for room while there is none; looking is free. */
    private static final Duration ROOM_PAUSE = Duration.ofMillis(250);

    /** Nothing is added to a batch that was begun this long ago: it must be done before it becomes visible again. */
    private static final Duration GATHER_TIME = Duration.ofSeconds(2);

    /** What a turn may take beyond its poll and its routes, before the service counts as hung. */
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

    /** Takes nothing new: a batch in hand is seen through, what an open poll still brings is given back. */
    void stop() {
        synchronized (signal) {
            stopping = true;
            signal.notifyAll();
        }
    }

    /** Gives up waiting for an open poll. */
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

    /** False when the next turn had better wait. */
    private boolean turn() throws InterruptedException {
        try {
            int room = regions.room(JobQueue.MAX_BATCH * (1 + settings.gather()));
            if (room == 0) {
                depths.demand();
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
            log.warn("Cannot receive jobs, trying again: {}", e.getMessage());
            return false;
        } catch (InterruptedException e) {
            throw e;
        } catch (Throwable e) {
            // Errors too: without its loop a distributor would look alive and route nothing.
            log.error("Unexpected error in the intake loop of {}; continuing", master.name(), e);
            return false;
        }
    }

    /** One receive, and after a full one more without waiting while they are full too. */
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
                log.warn("Cannot receive more jobs, going on with {}: {}", batch.size(), e.getMessage());
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
