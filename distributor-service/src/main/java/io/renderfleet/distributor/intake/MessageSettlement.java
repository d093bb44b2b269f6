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
 * Deletes or defers the messages of a routed batch. A message that waits for room is deferred for a time that grows
 * with each receipt, and its receipts do not make it a dead letter. Only messages at fault become dead letters.
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

    /** Deletes the messages that are done and defers the others. Does not wait for SQS. */
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
                    "{} messages in {} cannot be routed because their jobs are unknown or cannot be processed; after"
                            + " ten receipts they become dead letters: jobs {}",
                    atFault.size(),
                    source.name(),
                    atFault.stream().map(delivery -> delivery.message().jobId()).toList());
        }
    }

    /** Makes all messages visible again now. */
    void release(JobQueue source, List<Delivery> batch) {
        batch.forEach(delivery -> acknowledgements.add(source.defer(delivery, Duration.ZERO)));
    }
}
