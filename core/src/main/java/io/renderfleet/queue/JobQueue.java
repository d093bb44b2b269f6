package io.renderfleet.queue;

import io.micrometer.core.instrument.Counter;
import io.renderfleet.queue.MessageCodec.UnreadableMessageException;
import io.renderfleet.region.RegionClients;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;
import software.amazon.awssdk.services.sqs.batchmanager.SqsAsyncBatchManager;
import software.amazon.awssdk.services.sqs.model.BatchResultErrorEntry;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueDoesNotExistException;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.SendMessageRequest;

/**
 * One queue of job messages. Lists of any length are split into batches of ten, and what a batch refuses is reported
 * entry by entry although SQS answers 200. Errors of SQS come out as {@link QueueUnavailableException}.
 *
 * <p>Thread-safe. Calls block their (virtual) thread unless they return a future.
 */
public final class JobQueue {
    /** SQS's own limit. */
    public static final int MAX_BATCH = 10;

    /** How long one batch of gathered sends may take: none of its callers can cancel it for the others. */
    static final Duration SEND_LIMIT = RegionClients.CALL_TIMEOUT.dividedBy(2);

    /** SQS hides a message for 12 hours in all. */
    public static final Duration MAX_VISIBILITY = Duration.ofHours(12);

    /** The longest SQS lets a new message wait before anybody sees it. */
    private static final Duration MAX_DELAY = Duration.ofMinutes(15);

    private static final Duration FIFO_FAULT = Duration.ofSeconds(1);

    private static final Duration POLL_MARGIN = Duration.ofSeconds(5);
    private static final Logger log = LoggerFactory.getLogger(JobQueue.class);

    private final String name;
    private final SqsAsyncClient client;
    private final SqsAsyncBatchManager sends;
    private final SqsAsyncBatchManager acknowledgements;
    private final int renewAfter;
    private final Counter unreadable;
    private final QueueUrl url;

    JobQueue(
            String name,
            SqsAsyncClient client,
            SqsAsyncBatchManager sends,
            SqsAsyncBatchManager acknowledgements,
            int renewAfter,
            Counter unreadable) {
        this.name = name;
        this.client = client;
        this.sends = sends;
        this.acknowledgements = acknowledgements;
        this.renewAfter = renewAfter;
        this.unreadable = unreadable;
        this.url = new QueueUrl(name, client);
    }

    public String name() {
        return name;
    }

    /** Whether SQS knows the queue; {@link QueueUnavailableException} when it does not say. */
    public boolean exists() {
        try {
            var _ = url();
            return true;
        } catch (QueueUnavailableException e) {
            if (e.getCause() instanceof QueueDoesNotExistException) {
                return false;
            }
            throw e;
        }
    }

    /** Sends one message in a batch with those of other callers; done when SQS has it, or soon after the send limit. */
    public CompletableFuture<Void> send(JobMessage message) {
        return send(message, deduplicationId(message), Duration.ZERO);
    }

    /**
     * Sends a message whose like was sent before and may be lost: a FIFO queue, which drops what it has seen in the last
     * five minutes, takes this one for new.
     */
    public CompletableFuture<Void> sendAgain(JobMessage message) {
        return send(message, anotherDeduplicationId(message), Duration.ZERO);
    }

    private CompletableFuture<Void> send(JobMessage message, @Nullable String deduplicationId, Duration delay) {
        return url.find()
                .orTimeout(SEND_LIMIT.toNanos(), TimeUnit.NANOSECONDS)
                .thenCompose(queueUrl -> sends.sendMessage(SendMessageRequest.builder()
                        .queueUrl(queueUrl)
                        .messageBody(MessageCodec.write(message))
                        .messageGroupId(MessageCodec.group(message))
                        .messageDeduplicationId(deduplicationId)
                        .delaySeconds(delay.isZero() ? null : Math.toIntExact(delay.toSeconds()))
                        .build()))
                .<Void>thenApply(sent -> null)
                .exceptionallyCompose(failure ->
                        CompletableFuture.failedFuture(new QueueUnavailableException(name, SqsCall.cause(failure))));
    }

    /**
     * Sends all, in batches.
     *
     * @return those that SQS refused; empty when it has them all
     * @throws QueueUnavailableException when a batch as a whole failed, or the caller was interrupted, which stops the
     *     call under way; earlier batches have been sent, this one may have been, later ones have not
     */
    public List<JobMessage> sendAll(List<JobMessage> messages) {
        List<JobMessage> refused = new ArrayList<>();
        for (List<JobMessage> batch : batches(messages)) {
            List<SendMessageBatchRequestEntry> entries = new ArrayList<>(batch.size());
            for (int i = 0; i < batch.size(); i++) {
                JobMessage message = batch.get(i);
                entries.add(SendMessageBatchRequestEntry.builder()
                        .id(Integer.toString(i))
                        .messageBody(MessageCodec.write(message))
                        .messageGroupId(MessageCodec.group(message))
                        .messageDeduplicationId(deduplicationId(message))
                        .build());
            }
            var response = await(() ->
                    client.sendMessageBatch(request -> request.queueUrl(url()).entries(entries)));
            refused.addAll(failedOf(batch, response.failed()));
        }
        return refused;
    }

    /**
     * A receive under way. Closing it gives up waiting, but SQS may go on serving it for the rest of its wait: a message
     * that arrives then is hidden from everybody for its visibility. Who can, waits for the answer instead.
     */
    public interface Poll extends AutoCloseable {
        /** Waits for the answer; empty when nothing came or the poll was closed. */
        List<Delivery> await();

        @Override
        void close();
    }

    /**
     * Long-polls for up to {@code max} messages. Messages that are not ours are left to SQS, which moves them to the
     * dead-letter queue in the end.
     *
     * @param max 1 to {@link #MAX_BATCH}
     * @param wait 0 to 20 s
     * @param visibility how long the messages stay hidden
     */
    public Poll receive(int max, Duration wait, Duration visibility) {
        var future = client.receiveMessage(request -> request.queueUrl(url())
                .maxNumberOfMessages(max)
                .waitTimeSeconds(Math.toIntExact(wait.toSeconds()))
                .visibilityTimeout(Math.toIntExact(visibility.toSeconds()))
                .messageSystemAttributeNames(MessageSystemAttributeName.APPROXIMATE_RECEIVE_COUNT)
                .overrideConfiguration(override ->
                        override.apiCallTimeout(wait.plus(POLL_MARGIN)).apiCallAttemptTimeout(wait.plus(POLL_MARGIN))));
        return new Poll() {
            @Override
            public List<Delivery> await() {
                try {
                    return deliveries(JobQueue.this.await(() -> future).messages());
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

    /** Hides the message for this long from now, zero for not at all, in a batch with other callers' messages. */
    public CompletableFuture<Void> extend(Delivery delivery, Duration visibility) {
        Duration capped = visibility.compareTo(MAX_VISIBILITY) > 0 ? MAX_VISIBILITY : visibility;
        return acknowledgements
                .changeMessageVisibility(request -> request.queueUrl(url())
                        .receiptHandle(delivery.receiptHandle())
                        .visibilityTimeout(Math.toIntExact(capped.toSeconds())))
                .thenApply(done -> null);
    }

    /**
     * Gives back a message that cannot be worked on now through no fault of its own, visible again after the delay. SQS
     * gives up on a message that was received too often, which is for messages at fault: one that comes close to that
     * is replaced by a new copy of itself, at the queue's end. A FIFO queue has no delay for new copies: every so many
     * receipts one comes back at once.
     */
    public CompletableFuture<Void> defer(Delivery delivery, Duration delay) {
        return delivery.receiveCount() < renewAfter ? extend(delivery, delay) : resend(delivery, delay);
    }

    /**
     * Leaves a message at fault to SQS, which gives up on it in the end. In a FIFO queue its group waits behind it: there
     * it uses its receipts up soon.
     */
    public CompletableFuture<Void> leaveForDeadLetters(Delivery delivery) {
        return delivery.message().lane().isFifo()
                ? extend(delivery, FIFO_FAULT)
                : CompletableFuture.completedFuture(null);
    }

    /** Moves a message to the queue's end, as a new one, visible after the delay, or at once in a FIFO queue. */
    public CompletableFuture<Void> resend(Delivery delivery, Duration delay) {
        JobMessage message = delivery.message();
        Duration longest = delay.compareTo(MAX_DELAY) > 0 ? MAX_DELAY : delay;
        // A crash in between leaves two, of which the claim drops one.
        return send(message, anotherDeduplicationId(message), message.lane().isFifo() ? Duration.ZERO : longest)
                .thenCompose(sent -> delete(delivery));
    }

    /** Deletes the message, in a batch with other callers' messages. */
    public CompletableFuture<Void> delete(Delivery delivery) {
        return acknowledgements
                .deleteMessage(request -> request.queueUrl(url()).receiptHandle(delivery.receiptHandle()))
                .thenApply(done -> null);
    }

    /**
     * Deletes all, in batches.
     *
     * @return those that SQS did not delete: they will be received again
     */
    public List<Delivery> deleteAll(List<Delivery> deliveries) {
        List<Delivery> kept = new ArrayList<>();
        for (List<Delivery> batch : batches(deliveries)) {
            List<DeleteMessageBatchRequestEntry> entries = new ArrayList<>(batch.size());
            for (int i = 0; i < batch.size(); i++) {
                entries.add(DeleteMessageBatchRequestEntry.builder()
                        .id(Integer.toString(i))
                        .receiptHandle(batch.get(i).receiptHandle())
                        .build());
            }
            var response = await(() ->
                    client.deleteMessageBatch(request -> request.queueUrl(url()).entries(entries)));
            kept.addAll(failedOf(batch, response.failed()));
        }
        return kept;
    }

    /** How much is in the queue, as SQS approximates it. */
    public QueueDepth depth() {
        Map<QueueAttributeName, String> attributes = await(
                        () -> client.getQueueAttributes(request -> request.queueUrl(url())
                                .attributeNames(
                                        QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES,
                                        QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE,
                                        QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_DELAYED)))
                .attributes();
        return new QueueDepth(
                count(attributes, QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES),
                count(attributes, QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE),
                count(attributes, QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_DELAYED));
    }

    private String url() {
        return url.get();
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
                        "Left message {} in {} for its dead-letter queue: {}",
                        message.messageId(),
                        name,
                        e.getMessage());
            }
        }
        return deliveries;
    }

    private <T> T await(Supplier<CompletableFuture<T>> call) {
        return SqsCall.await(name, call);
    }

    private static @Nullable String deduplicationId(JobMessage message) {
        return message.lane().isFifo() ? message.jobId() + "-" + message.routeEpoch() : null;
    }

    private static @Nullable String anotherDeduplicationId(JobMessage message) {
        return message.lane().isFifo() ? message.jobId() + "-" + UUID.randomUUID() : null;
    }

    private static long count(Map<QueueAttributeName, String> attributes, QueueAttributeName name) {
        return Long.parseLong(attributes.getOrDefault(name, "0"));
    }

    private static <T> List<T> failedOf(List<T> batch, List<BatchResultErrorEntry> failed) {
        Map<String, T> byId = new HashMap<>();
        for (int i = 0; i < batch.size(); i++) {
            byId.put(Integer.toString(i), batch.get(i));
        }
        return failed.stream()
                .map(entry -> Objects.requireNonNull(byId.get(entry.id())))
                .toList();
    }

    private static <T> List<List<T>> batches(List<T> all) {
        List<List<T>> batches = new ArrayList<>();
        for (int from = 0; from < all.size(); from += MAX_BATCH) {
            batches.add(all.subList(from, Math.min(from + MAX_BATCH, all.size())));
        }
        return batches;
    }
}
