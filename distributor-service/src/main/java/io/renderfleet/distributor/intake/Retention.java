package io.renderfleet.distributor.intake;

import io.renderfleet.distributor.intake.Verdict.LeaveReason;
import io.renderfleet.queue.Delivery;
import io.renderfleet.queue.JobMessage;
import io.renderfleet.queue.JobQueue;
import io.renderfleet.queue.QueueUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which messages stay on the master queue, and for how long out of sight. A message that waits for room comes back
 * after a while that grows, and after some receipts is replaced by a new copy: SQS counts receipts and gives up on a
 * message that has too many, which must not happen to one whose only fault is a full fleet. A crash between the two
 * leaves two copies, of which the second is found superseded or dropped at its claim.
 */
final class Retention {
    private static final Logger log = LoggerFactory.getLogger(Retention.class);

    private final Backoff hold;
    private final int renewAfter;
    private final Acknowledgements acknowledgements;
    private final RandomGenerator random;

    Retention(Backoff hold, int renewAfter, Acknowledgements acknowledgements, RandomGenerator random) {
        this.hold = hold;
        this.renewAfter = renewAfter;
        this.acknowledgements = acknowledgements;
        this.random = random;
    }

    /** Deletes what is done with, and lets go of the rest without waiting for SQS. */
    void settle(JobQueue master, List<Delivery> done, IdentityHashMap<Delivery, LeaveReason> left) {
        done.forEach(delivery -> acknowledgements.add(master.delete(delivery)));
        List<Delivery> wornOut = new ArrayList<>();
        List<Delivery> atFault = new ArrayList<>();
        left.forEach((delivery, reason) -> {
            if (reason.isOwnFault()) {
                atFault.add(delivery);
            } else if (delivery.receiveCount() < renewAfter) {
                hold(master, delivery);
            } else {
                wornOut.add(delivery);
            }
        });
        if (!atFault.isEmpty()) {
            log.warn(
                    "Left {} messages in {} for its dead-letter queue: jobs {} are unknown or cannot be routed",
                    atFault.size(),
                    master.name(),
                    atFault.stream().map(delivery -> delivery.message().jobId()).toList());
        }
        renew(master, wornOut);
    }

    /** Makes all visible to others at once. */
    void giveBack(JobQueue master, List<Delivery> batch) {
        batch.forEach(delivery -> acknowledgements.add(master.extend(delivery, Duration.ZERO)));
    }

    private void hold(JobQueue master, Delivery delivery) {
        acknowledgements.add(master.extend(delivery, hold.delay(delivery.receiveCount(), random)));
    }

    private void renew(JobQueue master, List<Delivery> wornOut) {
        if (wornOut.isEmpty()) {
            return;
        }
        Set<JobMessage> refused = Collections.newSetFromMap(new IdentityHashMap<>());
        try {
            refused.addAll(
                    master.sendAll(wornOut.stream().map(Delivery::message).toList()));
        } catch (QueueUnavailableException e) {
            log.warn("{} messages could not be renewed and stay as they are: {}", wornOut.size(), e.getMessage());
            wornOut.forEach(delivery -> hold(master, delivery));
            return;
        }
        for (Delivery delivery : wornOut) {
            if (refused.contains(delivery.message())) {
                hold(master, delivery);
            } else {
                acknowledgements.add(master.delete(delivery));
            }
        }
    }
}
