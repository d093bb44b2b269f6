package io.renderfleet.distributor.depth;

import io.renderfleet.pool.PoolName;
import io.renderfleet.queue.Lane;
import io.renderfleet.region.RegionId;
import io.renderfleet.telemetry.LoopHealth;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Refreshes the depths of one pool in the background, at an interval that depends on whether jobs are being routed.
 *
 * <p>Thread-safe.
 */
public final class DepthRefresher {
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

    /** The time that a turn may take in addition to its wait and its readings before liveness is DOWN. */
    private static final Duration SLACK = Duration.ofMinutes(2);

    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(6);
    private static final Logger log = LoggerFactory.getLogger(DepthRefresher.class);

    private final PoolName pool;
    private final String name;
    private final DepthLedger ledger;
    private final DepthReadings readings;
    private final LaneDepths lanes;
    private final RefreshPace pace;
    private final Duration maxAge;
    private final int failuresTolerated;
    private final Clock clock;
    private final LoopHealth health;
    private final Duration longestTurn;
    private final Set<RegionId> unknown = new HashSet<>();
    private final Object turn = new Object();

    private long refreshes;
    private Instant lastWork;
    private boolean stopping;
    private volatile @Nullable Thread thread;

    DepthRefresher(
            PoolName pool,
            DepthLedger ledger,
            DepthReadings readings,
            LaneDepths lanes,
            DepthSettings settings,
            Clock clock,
            LoopHealth health) {
        this.pool = pool;
        this.name = "depth-refresh-" + pool;
        this.ledger = ledger;
        this.readings = readings;
        this.lanes = lanes;
        this.pace = RefreshPace.of(settings);
        this.maxAge = settings.maxAge();
        this.failuresTolerated = settings.failuresTolerated();
        this.clock = clock;
        this.health = health;
        this.longestTurn = settings.idleRefresh().plus(settings.readTimeout()).plus(SLACK);
        this.lastWork = clock.instant();
    }

    PoolName pool() {
        return pool;
    }

    DepthLedger ledger() {
        return ledger;
    }

    /** Like {@link #ensureFresh()}, for a batch with jobs of this lane, whose queues are then read at every refresh. */
    public void ensureFresh(Lane lane) {
        lanes.use(lane);
        ensureFresh();
    }

    /**
     * Ensures that the depths are not older than {@link DepthSettings#maxAge}, and records that there is work, so that
     * they are refreshed more often from now on. If a refresh is needed, blocks until it is complete.
     */
    public void ensureFresh() {
        Instant now = clock.instant();
        synchronized (turn) {
            boolean wasIdle = pace.isIdle(now, lastWork);
            lastWork = now;
            if (wasIdle) {
                turn.notifyAll();
            }
        }
        if (readings.refreshedAt().filter(at -> at.plus(maxAge).isAfter(now)).isEmpty()) {
            try {
                readings.refresh();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    void start() {
        synchronized (turn) {
            stopping = false;
        }
        thread = Thread.ofVirtual().name(name).start(this::run);
    }

    void stop() {
        Thread running = thread;
        if (running == null) {
            return;
        }
        synchronized (turn) {
            stopping = true;
            turn.notifyAll();
        }
        try {
            running.join(STOP_TIMEOUT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        thread = null;
    }

    private void run() {
        try {
            while (turn()) {}
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            health.ended(name);
        }
    }

    /** Refreshes and waits; false when the refresher is stopping. */
    private boolean turn() throws InterruptedException {
        try {
            health.turn(name, longestTurn);
            refresh();
            return awaitTurn(clock.instant());
        } catch (InterruptedException e) {
            throw e;
        } catch (Throwable e) {
            // Catches errors too: without this loop the depth of every region would become unknown and no job would be
            // routed.
            log.error("Unexpected error in the depth refresh loop; continuing", e);
            return pauseAfterFailure();
        }
    }

    private boolean pauseAfterFailure() throws InterruptedException {
        long deadline = System.nanoTime() + AFTER_FAILURE.toNanos();
        synchronized (turn) {
            for (long left = AFTER_FAILURE.toMillis(); !stopping && left > 0; ) {
                turn.wait(left);
                left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            }
            return !stopping;
        }
    }

    private void refresh() throws InterruptedException {
        readings.refresh();
        // At the start, a region without a reading is new and not failing.
        refreshes++;
        ledger.regions().forEach(region -> {
            boolean known = ledger.depth(region).known();
            if (!known && refreshes >= failuresTolerated && unknown.add(region)) {
                log.warn(
                        "Could not read the depth of the queues of region {} for pool {}; the region gets no jobs of"
                                + " the pool until the depth can be read. Check the region's SQS endpoint and the"
                                + " credentials",
                        region,
                        pool);
            } else if (known && unknown.remove(region)) {
                log.info("The depth of the queues of region {} for pool {} can be read again", region, pool);
            }
        });
    }

    /** Waits until the next refresh is due; false when the refresher is stopping. */
    private boolean awaitTurn(Instant refreshedAt) throws InterruptedException {
        synchronized (turn) {
            while (!stopping) {
                long millis =
                        pace.untilNext(clock.instant(), refreshedAt, lastWork).toMillis();
                if (millis == 0) {
                    return true;
                }
                turn.wait(millis);
            }
            return false;
        }
    }
}
