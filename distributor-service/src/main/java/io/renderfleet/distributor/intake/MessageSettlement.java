package io.renderfleet.distributor.intake;

import io.renderfleet.distributor.intake.RoutingDecision.LeaveReason;
import io.renderfleet.queue.JobQueue;
import io.renderfleet.queue.JobQueue.Delivery;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which messages stay on their queue, and for how long out of sight. A message that waits for room comes back after a
 * while that grows; its receipts do not count against it.
 */
final class MessageSettlement {
    private static final Logger log = LoggerFactory.getLogger(MessageSettlement.class);

    private final Backoff hold;
    private final Acknowledgements acknowledgements;
    private final RandomGenerator random;

    MessageSettlement(Backoff hold, Acknowledgements acknowledgements, RandomGenerator random) {
        this.hold = hold;
        this.acknowledgements = acknowledgements;
        this.random = random;
    }

    /** Deletes what is done with, and lets go of the rest without waiting for SQS. */
    void settle(JobQueue source, List<Delivery> done, IdentityHashMap<Delivery, LeaveReason> left) {
        done.forEach(delivery -> acknowledgements.add(source.delete(delivery)));
        List<Delivery> atFault = new ArrayList<>();
        left.forEach((delivery, reason) -> {
            if (reason.isOwnFault()) {
                atFault.add(delivery);
                acknowledgements.add(source.leaveForDeadLetters(delivery));
            } else {
                acknowledgements.add(source.defer(delivery, hold.delay(delivery.receiveCount(), random)));
            }
        });
        if (!atFault.isEmpty()) {
            log.warn(
                    "Left {} messages in {} for its dead-letter queue: jobs {} are unknown or cannot be routed",
                    atFault.size(),
                    source.name(),
                    atFault.stream().map(delivery -> delivery.message().jobId()).toList());
        }
    }

    /** Makes all visible to others at once. */
    void release(JobQueue source, List<Delivery> batch) {
        batch.forEach(delivery -> acknowledgements.add(source.defer(delivery, Duration.ZERO)));
    }
}
