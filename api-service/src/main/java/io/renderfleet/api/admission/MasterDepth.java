package io.renderfleet.api.admission;

import io.renderfleet.api.queue.QueueCalls;
import io.renderfleet.pool.PoolName;
import io.renderfleet.queue.JobQueue.QueueDepth;
import io.renderfleet.queue.JobQueues;
import io.renderfleet.queue.Lane;
import java.time.Clock;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The estimated number of jobs on the master queues of one pool, over all lanes: the last reading, plus the messages
 * that this instance sent since. The queues are read in the background while jobs are submitted, and only when the
 * limit is in sight: when this instance has sent 1 % of the limit since the last reading, or when that reading showed
 * half of the limit. So each instance can exceed the limit by about 1 %, and a fleet that keeps up causes few calls. If
 * a reading fails, the last one stays in use; a reading from before a pause is dropped.
 *
 * <p>Thread-safe.
 */
class MasterDepth {
    /** A pause is this many refresh periods without a submission. */
    private static final int PAUSE = 10;

    private static final Logger log = LoggerFactory.getLogger(MasterDepth.class);

    private final PoolName pool;
    private final JobQueues queues;
    private final QueueCalls calls;
    private final BackgroundReads background;
    private final AdmissionSettings settings;
    private final Clock clock;

    private long reading;
    private long sent;
    private boolean underWay;
    private Instant askedAt = Instant.EPOCH;

    MasterDepth(
            PoolName pool,
            JobQueues queues,
            QueueCalls calls,
            BackgroundReads background,
            AdmissionSettings settings,
            Clock clock) {
        this.pool = pool;
        this.queues = queues;
        this.calls = calls;
        this.background = background;
        this.settings = settings;
        this.clock = clock;
    }

    /** Whether the estimate is below the limit. Starts a reading when one is due. */
    synchronized boolean hasRoom() {
        if (settings.masterDepth() == 0) {
            return true;
        }
        Instant now = clock.instant();
        if (!underWay && matters() && !now.isBefore(askedAt.plus(settings.refresh()))) {
            if (now.isAfter(askedAt.plus(settings.refresh().multipliedBy(PAUSE)))) {
                reading = 0;
                sent = 0;
            }
            askedAt = now;
            long before = sent;
            underWay = background.run(() -> read(before));
        }
        return reading + sent < settings.masterDepth();
    }

    private boolean matters() {
        return sent >= settings.masterDepth() / 100 || reading >= settings.masterDepth() / 2;
    }

    /** Records that this instance sent a message. */
    synchronized void sent() {
        sent++;
    }

    private void read(long sentBefore) {
        Map<Lane, Callable<QueueDepth>> lanes = new EnumMap<>(Lane.class);
        for (Lane lane : Lane.values()) {
            lanes.put(lane, () -> queues.master(pool, lane).depth());
        }
        Map<Lane, QueueDepth> depths = Map.of();
        try {
            depths = calls.run(lanes, QueueCalls.DEPTH_TIMEOUT);
        } finally {
            read(depths, lanes.size(), sentBefore);
        }
    }

    /** Applies a reading. If it is not complete, the last one stays in use. */
    private synchronized void read(Map<Lane, QueueDepth> depths, int lanes, long sentBefore) {
        underWay = false;
        if (depths.size() == lanes) {
            reading = depths.values().stream().mapToLong(QueueDepth::total).sum();
            sent -= sentBefore;
        } else {
            log.warn(
                    "Could not read the depth of all master queues of pool {}; using the last reading, {} jobs",
                    pool,
                    reading);
        }
    }
}
