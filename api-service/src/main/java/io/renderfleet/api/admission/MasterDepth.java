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
 * How much is on the master queues of one pool, of all lanes: the last reading, and what this instance sent since. Read
 * in the background while jobs come in, and only once they could matter: when this instance has sent a hundredth of the
 * limit since the last reading, or that showed half of the limit. So the limit holds to within a hundredth of it for
 * each instance, and a fleet that keeps up costs hardly a call. A reading that fails leaves the last one as it is; one
 * from before a pause says nothing any more.
 *
 * <p>Thread-safe.
 */
class MasterDepth {
    /** So many refreshes without anybody asking are a pause. */
    private static final int PAUSE = 10;

    private static final Logger log = LoggerFactory.getLogger(MasterDepth.class);

    private final PoolName pool;
    private final JobQueues queues;
    private final QueueCalls calls;
    private final Background background;
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
            Background background,
            AdmissionSettings settings,
            Clock clock) {
        this.pool = pool;
        this.queues = queues;
        this.calls = calls;
        this.background = background;
        this.settings = settings;
        this.clock = clock;
    }

    /** Whether one more job finds room; sees to it that the next answer is a fresh one. */
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

    /** This instance sent one more message. */
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

    /** Whatever came of the reading, the next one may be made. */
    private synchronized void read(Map<Lane, QueueDepth> depths, int lanes, long sentBefore) {
        underWay = false;
        if (depths.size() == lanes) {
            reading = depths.values().stream().mapToLong(QueueDepth::total).sum();
            sent -= sentBefore;
        } else {
            log.warn(
                    "The master queues of pool {} do not all say how deep they are, the last reading stands: {}",
                    pool,
                    reading);
        }
    }
}
