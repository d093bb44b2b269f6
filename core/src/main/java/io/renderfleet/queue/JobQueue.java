package io.renderfleet.queue;

import io.micrometer.core.instrument.Counter;
import io.renderfleet.queue.MessageCodec.UnreadableMessageException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;
import software.amazon.awssdk.services.sqs.batchmanager.SqsAsyncBatchManager;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueDoesNotExistException;

/**
 * One queue of job messages. Lists of any length are split into batches of {@value #MAX_BATCH}. Entries of a batch
 * that SQS reports as failed are returned to the caller, although SQS answers such a batch with status 200. Other
 * errors of SQS are thrown as {@link QueueUnavailableException}.
 *
 * <p>Thread-safe. Calls block their (virtual) thread unless they return a future.
 */
public final class JobQueue {
    /** The largest batch that SQS accepts. */
    public static final int MAX_BATCH = 10;

    /** The longest time for which SQS hides a message, counted from its receipt. */
    public static final Duration MAX_VISIBILITY = Duration.ofHours(12);

    /** The longest delay of a new message that SQS supports. */
    private static final Duration MAX_DELAY = Duration.ofMinutes(15);

    /** The pause between two receipts of a message that a FIFO queue is to move to its dead-letter queue. */
    private static final Duration FIFO_DEAD_LETTER_PAUSE = Duration.ofSeconds(1);

    /** How much longer than its wait a long poll may take. */
    private static final Duration POLL_MARGIN = Duration.ofSeconds(5);

    private static final Logger log = LoggerFactory.getLogger(JobQueue.class);

    private final SqsQueue queue;
    private final MessageSender sender;
    private final SqsAsyncBatchManager acknowledgements;
    private final int renewAfter;
    private final Counter unreadable;

    /**
     * Creates a queue.
     *
     * @param sends for single messages; made from a client of {@link MessageSender#limited}
     * @param acknowledgements for deletions and changes of visibility
     * @param renewAfter see {@link QueueSettings}
     * @param unreadable counts the received messages that are not job messages
     */
    JobQueue(
            String name,
            SqsAsyncClient client,
            SqsAsyncBatchManager sends,
            SqsAsyncBatchManager acknowledgements,
            int renewAfter,
            Counter unreadable) {
        this.queue = new SqsQueue(name, client);
        this.sender = new MessageSender(queue, sends);
        this.acknowledgements = acknowledgements;
        this.renewAfter = renewAfter;
        this.unreadable = unreadable;
    }

    /**
     * A message that was received and is hidden from other receivers for a while.
     *
     * @param receiptHandle identifies this receipt of the message
     * @param receiveCount how often the message was received, including this time
     */
    public record Delivery(JobMessage message, String receiptHandle, int receiveCount) {}

    /**
     * The approximate numbers of messages in a queue, as SQS reports them.
     *
     * @param visible messages that can be received
     * @param inFlight messages that were received, and are neither deleted nor visible again
     * @param delayed new messages whose delay has not passed
     */
    public record QueueDepth(long visible, long inFlight, long delayed) {
        /** All messages in the queue. */
        public long total() {
            return visible + inFlight + delayed;
        }
    }

    /** The queue's name, without region or account. */
    public String name() {
        return queue.name();
    }

    /**
     * Whether the queue exists.
     *
     * @throws QueueUnavailableException when SQS does not respond
     */
    public boolean exists() {
        try {
            var _ = queue.url();
            return true;
        } catch (QueueUnavailableException e) {
            if (e.getCause() instanceof QueueDoesNotExistException) {
                return false;
            }
            throw e;
        }
    }

    /**
     * Sends a message in one batch with those of other callers. A FIFO queue drops a message of the same job and route
     * epoch that was sent within the last five minutes.
     *
     * @return completes when SQS has the message, or exceptionally with {@link QueueUnavailableException}
     */
    public CompletableFuture<Void> send(JobMessage message) {
        return sender.send(message, MessageCodec.deduplicationId(message), Duration.ZERO);
    }

    /** As {@link #send}, for a message that was sent before and may be lost: a FIFO queue does not drop this copy. */
    public CompletableFuture<Void> sendAgain(JobMessage message) {
        return sender.send(message, MessageCodec.newDeduplicationId(message), Duration.ZERO);
    }

    /**
     * Sends all messages, in batches.
     *
     * @return the messages that SQS rejected; empty when it has them all
     * @throws QueueUnavailableException when a batch as a whole failed, or the calling thread was interrupted, which
     *     cancels the call in progress; earlier batches have been sent, this one may have been, later ones have not
     */
    public List<JobMessage> sendAll(List<JobMessage> messages) {
        List<JobMessage> rejected = new ArrayList<>();
        SqsQueue.batches(messages).forEach(batch -> rejected.addAll(sender.sendBatch(batch)));
        return rejected;
    }

    /**
     * A long poll in progress. Closing it ends the caller's wait, but SQS may continue to serve the poll: a message
     * that arrives in that time is hidden from every receiver for its visibility timeout. Prefer {@link #await} where
     * possible.
     */
    public interface Poll extends AutoCloseable {
        /** Waits for the response; empty when no message arrived or the poll was closed. */
        List<Delivery> await();

        @Override
        void close();
    }

    /**
     * Starts a long poll. Received messages that are not job messages are logged, counted, and not settled, so that SQS
     * moves them to the dead-letter queue after their last receipt.
     *
     * @param max the largest number of messages, 1 to {@link #MAX_BATCH}
     * @param wait 0 to 20 seconds
     * @param visibility how long the received messages stay hidden
     */
    public Poll receive(int max, Duration wait, Duration visibility) {
        var future = queue.client()
                .receiveMessage(request -> request.queueUrl(queue.url())
                        .maxNumberOfMessages(max)
                        .waitTimeSeconds(Math.toIntExact(wait.toSeconds()))
                        .visibilityTimeout(Math.toIntExact(visibility.toSeconds()))
                        .messageSystemAttributeNames(MessageSystemAttributeName.APPROXIMATE_RECEIVE_COUNT)
                        .overrideConfiguration(override -> override.apiCallTimeout(wait.plus(POLL_MARGIN))
                                .apiCallAttemptTimeout(wait.plus(POLL_MARGIN))));
        return new Poll() {
            @Override
            public List<Delivery> await() {
                try {
                    return deliveries(queue.await(() -> future).messages());
                } catch (CancellationException e) {
                    return List.of();
                }
            }

            @Override
            public void close() {
                future.cancel(true);
            }
        };
    }

    /**
     * Hides a message for this long from now, in one batch with other callers' messages.
     *
     * @param visibility zero to release the message; more than {@link #MAX_VISIBILITY} counts as that
     */
    public CompletableFuture<Void> extend(Delivery delivery, Duration visibility) {
        Duration capped = visibility.compareTo(MAX_VISIBILITY) > 0 ? MAX_VISIBILITY : visibility;
        return acknowledgements
                .changeMessageVisibility(request -> request.queueUrl(queue.url())
                        .receiptHandle(delivery.receiptHandle())
                        .visibilityTimeout(Math.toIntExact(capped.toSeconds())))
                .thenApply(done -> null);
    }

    /**
     * Makes a message that cannot be processed now, for a reason outside itself, visible again after the delay. SQS
     * moves a message that was received too often to the dead-letter queue, which is intended for faulty messages
     * only. A message that is close to that limit is therefore resent as a new copy. A FIFO queue does not support a
     * delay for a single message, so that there such a copy is visible at once.
     */
    public CompletableFuture<Void> defer(Delivery delivery, Duration delay) {
        return delivery.receiveCount() < renewAfter ? extend(delivery, delay) : resend(delivery, delay);
    }

    /**
     * Leaves a faulty message to SQS, which moves it to the dead-letter queue after its last receipt. In a FIFO queue
     * the message blocks its group until then, so it becomes visible again within a second.
     */
    public CompletableFuture<Void> leaveForDeadLetters(Delivery delivery) {
        return delivery.message().lane().isFifo()
                ? extend(delivery, FIFO_DEAD_LETTER_PAUSE)
                : CompletableFuture.completedFuture(null);
    }

    /**
     * Sends a new copy of a message and deletes the old one.
     *
     * @param delay until the copy is visible; more than 15 minutes counts as that. Zero in a FIFO queue, whatever is
     *     given.
     */
    public CompletableFuture<Void> resend(Delivery delivery, Duration delay) {
        JobMessage message = delivery.message();
        Duration capped = delay.compareTo(MAX_DELAY) > 0 ? MAX_DELAY : delay;
        Duration supported = message.lane().isFifo() ? Duration.ZERO : capped;
        // A crash between the two calls leaves two copies; the claim drops one of them.
        return sender.send(message, MessageCodec.newDeduplicationId(message), supported)
                .thenCompose(sent -> delete(delivery));
    }

    /** Deletes a message, in one batch with other callers' messages. */
    public CompletableFuture<Void> delete(Delivery delivery) {
        return acknowledgements
                .deleteMessage(request -> request.queueUrl(queue.url()).receiptHandle(delivery.receiptHandle()))
                .thenApply(done -> null);
    }

    /**
     * Deletes all messages, in batches.
     *
     * @return those that SQS did not delete: they will be received again
     */
    public List<Delivery> deleteAll(List<Delivery> deliveries) {
        List<Delivery> kept = new ArrayList<>();
        for (List<Delivery> batch : SqsQueue.batches(deliveries)) {
            List<DeleteMessageBatchRequestEntry> entries = new ArrayList<>(batch.size());
            for (int i = 0; i < batch.size(); i++) {
                entries.add(DeleteMessageBatchRequestEntry.builder()
                        .id(Integer.toString(i))
                        .receiptHandle(batch.get(i).receiptHandle())
                        .build());
            }
            var response = queue.await(() -> queue.client()
                    .deleteMessageBatch(request -> request.queueUrl(queue.url()).entries(entries)));
            kept.addAll(SqsQueue.failedOf(batch, response.failed()));
        }
        return kept;
    }

    /** The number of messages in the queue, as SQS approximates it. */
    public QueueDepth depth() {
        return queue.depth();
    }

    private List<Delivery> deliveries(List<Message> messages) {
        List<Delivery> deliveries = new ArrayList<>(messages.size());
        for (Message message : messages) {
            try {
                deliveries.add(new Delivery(
                        MessageCodec.read(message.body()),
                        message.receiptHandle(),
                        Integer.parseInt(message.attributes()
                                .getOrDefault(MessageSystemAttributeName.APPROXIMATE_RECEIVE_COUNT, "1"))));
            } catch (UnreadableMessageException e) {
                unreadable.increment();
                log.warn(
                        "Message {} in queue {} is not a job message and will be moved to its dead-letter queue: {}",
                        message.messageId(),
                        name(),
                        e.getMessage());
            }
        }
        return deliveries;
    }
}
