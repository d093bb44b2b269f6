package io.renderfleet.queue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueDoesNotExistException;

/**
 * A queue of completion events, in the home region. An event that is not deleted is received again, and becomes a dead
 * letter after the queue's limit of receipts.
 *
 * <p>Thread-safe. Errors of SQS are thrown as {@link QueueUnavailableException}.
 */
public final class CompletionQueue {
    /** How much longer than its wait a long poll may take. */
    private static final Duration POLL_MARGIN = Duration.ofSeconds(5);

    private final SqsQueue queue;

    CompletionQueue(String name, SqsAsyncClient client) {
        this.queue = new SqsQueue(name, client);
    }

    /**
     * A message that was received and is hidden from other receivers for a while.
     *
     * @param body the JSON of an event
     * @param receiptHandle identifies this receipt of the message
     * @param receiveCount how often the message was received, including this time
     */
    public record Received(String messageId, String body, String receiptHandle, int receiveCount) {}

    /** A long poll. Closing it ends the wait. */
    public interface Poll extends AutoCloseable {
        /** Waits for the response; empty when no message arrived or the poll was closed. */
        List<Received> await();

        @Override
        void close();
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
     * Sends an event at once, without waiting for others to share a batch with, because listeners wait for it.
     *
     * @return completes when SQS has the message, or exceptionally with {@link QueueUnavailableException}
     */
    public CompletableFuture<Void> send(String body) {
        return send(body, Duration.ZERO);
    }

    /**
     * Sends an event that is received after a delay.
     *
     * @param delay 0 to 15 minutes, in whole seconds
     * @return completes when SQS has the message, or exceptionally with {@link QueueUnavailableException}
     */
    public CompletableFuture<Void> send(String body, Duration delay) {
        return queue.findUrl()
                .thenCompose(url -> queue.client()
                        .sendMessage(request -> request.queueUrl(url)
                                .messageBody(body)
                                .delaySeconds(Math.toIntExact(delay.toSeconds()))))
                .<Void>thenApply(sent -> null)
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(
                        new QueueUnavailableException(queue.name(), SqsQueue.cause(failure))));
    }

    /**
     * Starts a long poll.
     *
     * @param wait 0 to 20 seconds
     * @param visibility how long the received messages stay hidden
     */
    public Poll receive(Duration wait, Duration visibility) {
        String url = queue.url();
        var future = queue.client()
                .receiveMessage(request -> request.queueUrl(url)
                        .maxNumberOfMessages(JobQueue.MAX_BATCH)
                        .waitTimeSeconds(Math.toIntExact(wait.toSeconds()))
                        .visibilityTimeout(Math.toIntExact(visibility.toSeconds()))
                        .messageSystemAttributeNames(MessageSystemAttributeName.APPROXIMATE_RECEIVE_COUNT)
                        .overrideConfiguration(override -> override.apiCallTimeout(wait.plus(POLL_MARGIN))
                                .apiCallAttemptTimeout(wait.plus(POLL_MARGIN))));
        return new Poll() {
            @Override
            public List<Received> await() {
                try {
                    return queue.await(() -> future).messages().stream()
                            .map(message -> new Received(
                                    message.messageId(),
                                    message.body(),
                                    message.receiptHandle(),
                                    Integer.parseInt(message.attributes()
                                            .getOrDefault(MessageSystemAttributeName.APPROXIMATE_RECEIVE_COUNT, "1"))))
                            .toList();
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

    /** Deletes messages, in batches. A message that SQS does not delete is received again. */
    public void deleteAll(List<Received> messages) {
        for (List<Received> batch : SqsQueue.batches(messages)) {
            List<DeleteMessageBatchRequestEntry> entries = new ArrayList<>(batch.size());
            for (Received message : batch) {
                entries.add(DeleteMessageBatchRequestEntry.builder()
                        .id(Integer.toString(entries.size()))
                        .receiptHandle(message.receiptHandle())
                        .build());
            }
            queue.await(() -> queue.client()
                    .deleteMessageBatch(request -> request.queueUrl(queue.url()).entries(entries)));
        }
    }

    /**
     * Makes messages that were received visible again after a pause, in batches. One that SQS does not change becomes
     * visible when the time of its receipt is over.
     *
     * @param pause the pause of a message, 0 s to 12 h, in whole seconds
     */
    public void hideAll(List<Received> messages, Function<Received, Duration> pause) {
        queue.hide(messages, Received::receiptHandle, pause);
    }

    /** The number of messages in the queue, as SQS approximates it. */
    public JobQueue.QueueDepth depth() {
        return queue.depth();
    }
}
