package io.renderfleet.worker.execution;

import io.renderfleet.job.Job;
import io.renderfleet.job.JobStatus;
import io.renderfleet.queue.Delivery;
import io.renderfleet.queue.JobQueue;
import io.renderfleet.region.RegionId;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Gives back messages that cannot be worked on now. None of it uses up the receipts after which SQS gives up on a
 * message: those are for messages at fault.
 */
final class MessageSettlement {
    private static final Backoff BACKOFF =
            new Backoff(Duration.ofSeconds(2), Duration.ofSeconds(5), Duration.ofMinutes(1));

    private final Acknowledgements acknowledgements;
    private final RegionId region;
    private final RandomGenerator random;

    MessageSettlement(Acknowledgements acknowledgements, RegionId region, RandomGenerator random) {
        this.acknowledgements = acknowledgements;
        this.region = region;
        this.random = random;
    }

    void defer(JobQueue queue, Delivery delivery, Duration delay) {
        acknowledgements.send(delivery.message().jobId(), () -> queue.defer(delivery, delay));
    }

    /** To SQS, which gives up on it in the end. */
    void leaveForDeadLetters(JobQueue queue, Delivery delivery) {
        acknowledgements.send(delivery.message().jobId(), () -> queue.leaveForDeadLetters(delivery));
    }

    /** After a wait that is the longer, the more often the message was received. */
    void deferWithBackoff(JobQueue queue, Delivery delivery) {
        defer(queue, delivery, BACKOFF.delay(delivery.receiveCount() - 1, random));
    }

    /** Once another worker's lease is over, if that worker does not renew it. */
    void afterLease(JobQueue queue, Delivery delivery, Duration left) {
        defer(queue, delivery, (left.isNegative() ? Duration.ZERO : left).plusSeconds(1));
    }

    /**
     * The job before it in its ordering key is not over. Usually that one's message comes first and this does not
     * happen; after a new route or a loss that message may be behind this one, which must then let it pass.
     */
    void outOfTurn(JobQueue queue, Delivery delivery, Job before) {
        boolean maybeBehind =
                before.status() == JobStatus.PENDING && (before.region() == null || region.equals(before.region()));
        if (maybeBehind && delivery.receiveCount() > 1) {
            acknowledgements.send(delivery.message().jobId(), () -> queue.resend(delivery, Duration.ZERO));
        } else {
            defer(queue, delivery, Duration.ofSeconds(1L << Math.min(delivery.receiveCount() - 1, 5)));
        }
    }
}
