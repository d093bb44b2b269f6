package io.renderfleet.worker.intake;

import io.micrometer.core.instrument.Counter;
import io.renderfleet.queue.Delivery;
import io.renderfleet.queue.JobQueue;
import io.renderfleet.queue.Lane;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the calls to one lane's queue, each on a thread of its own, and tells what they brought. */
final class LanePoller {
    private static final Logger log = LoggerFactory.getLogger(LanePoller.class);

    private final Lane lane;
    private final JobQueue queue;
    private final Duration longPoll;
    private final Duration visibility;
    private final Counter received;
    private final Set<JobQueue.Poll> open = ConcurrentHashMap.newKeySet();
    private volatile boolean abandoned;
    private boolean failing;

    LanePoller(Lane lane, JobQueue queue, Duration longPoll, Duration visibility, Counter received) {
        this.lane = lane;
        this.queue = queue;
        this.longPoll = longPoll;
        this.visibility = visibility;
        this.received = received;
    }

    /** Is told how each call ended, on any thread. */
    interface Listener {
        void answered(Receive receive, List<Delivery> deliveries);

        void failed(Receive receive, Throwable failure);
    }

    Lane lane() {
        return lane;
    }

    JobQueue queue() {
        return queue;
    }

    void start(Receive receive, Listener listener) {
        Thread.ofVirtual().name("poll-" + queue.name()).start(() -> {
            try {
                listener.answered(receive, receive(receive));
            } catch (RuntimeException | Error e) {
                // Errors too: a call that nobody hears of would keep its slots for ever.
                listener.failed(receive, e);
            }
        });
    }

    private List<Delivery> receive(Receive receive) {
        Duration wait = receive.waits() ? longPoll : Duration.ZERO;
        try (JobQueue.Poll poll = queue.receive(receive.max(), wait, visibility)) {
            open.add(poll);
            try {
                if (abandoned) {
                    return List.of();
                }
                List<Delivery> deliveries = poll.await();
                received.increment(deliveries.size());
                return deliveries;
            } finally {
                open.remove(poll);
            }
        }
    }

    /** Gives up on what is open: it could hide a message for its whole visibility. */
    void abandon() {
        abandoned = true;
        open.forEach(JobQueue.Poll::close);
    }

    /** One line when a queue goes and one when it is back, however long it is away. */
    void logFailure(Throwable failure) {
        if (!failing) {
            failing = true;
            log.warn("Polling {} failed, trying until it works: {}", queue.name(), failure.toString());
        }
    }

    void logSuccess() {
        if (failing) {
            failing = false;
            log.info("Polling {} works again", queue.name());
        }
    }
}
