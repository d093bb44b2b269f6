package io.renderfleet.worker.execution;

import io.renderfleet.job.Job;
import io.renderfleet.job.JobStatus;
import io.renderfleet.queue.JobQueue;
import io.renderfleet.queue.JobQueue.Delivery;
import io.renderfleet.region.RegionId;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Defers messages whose jobs cannot be claimed now. A deferral does not use up the receipts after which SQS moves a
 * message to the dead-letter queue; only {@link #leaveForDeadLetters} does.
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

    /** Leaves the message to SQS, which moves it to the dead-letter queue after its last receipt. */
    void leaveForDeadLetters(JobQueue queue, Delivery delivery) {
        acknowledgements.send(delivery.message().jobId(), () -> queue.leaveForDeadLetters(delivery));
    }

    /** Defers the message by a random delay whose bound doubles with each receipt. */
    void deferWithBackoff(JobQueue queue, Delivery delivery) {
        defer(queue, delivery, BACKOFF.delay(delivery.receiveCount() - 1, random));
    }

    /** Defers the message until another worker's lease ends. */
    void afterLease(JobQueue queue, Delivery delivery, Duration left) {
        defer(queue, delivery, (left.isNegative() ? Duration.ZERO : left).plusSeconds(1));
    }

    /**
     * Defers a message because the job before it in its ordering key is not over. Usually SQS delivers the message of
     * the job before it first. After a new route or a loss that message may be behind this one in the queue; this one
     * is then resent to the end of the queue.
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
