package io.renderfleet.worker.intake;

import io.micrometer.core.instrument.Counter;
import io.renderfleet.queue.JobQueue;
import io.renderfleet.queue.JobQueue.Delivery;
import io.renderfleet.queue.Lane;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receives messages from one lane's queue, each call on its own thread, and reports the results to a {@link Listener}.
 */
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

    /** Receives the result of each call, on any thread. */
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
                // Errors too: a call whose end is not reported would keep its slots reserved forever.
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

    /** Aborts the open calls, which could otherwise hide a message for its whole visibility timeout. */
    void abandon() {
        abandoned = true;
        open.forEach(JobQueue.Poll::close);
    }

    /** Logs only the first of consecutive failures. */
    void logFailure(Throwable failure) {
        if (!failing) {
            failing = true;
            log.warn(
                    "Could not receive from queue {}; trying again with increasing delays of up to 10 seconds: {}",
                    queue.name(),
                    failure.toString());
        }
    }

    void logSuccess() {
        if (failing) {
            failing = false;
            log.info("Receiving from queue {} again", queue.name());
        }
    }
}
