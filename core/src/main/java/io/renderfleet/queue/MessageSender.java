package io.renderfleet.queue;

import io.renderfleet.region.RegionClients;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;
import software.amazon.awssdk.services.sqs.batchmanager.SqsAsyncBatchManager;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequest;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchResponse;
import software.amazon.awssdk.services.sqs.model.SendMessageRequest;

/**
 * Sends messages to one queue: single ones in batches with those of other callers, or a list at once.
 *
 * <p>Thread-safe.
 */
final class MessageSender {
    /**
     * The longest that a batch of single messages may take. No caller can cancel it, as it has the others' messages
     * too.
     */
    static final Duration SEND_LIMIT = RegionClients.CALL_TIMEOUT.dividedBy(2);

    private final SqsQueue queue;
    private final SqsAsyncBatchManager batches;

    /** @param batches made from a {@link #limited} client */
    MessageSender(SqsQueue queue, SqsAsyncBatchManager batches) {
        this.queue = queue;
        this.batches = batches;
    }

    /**
     * Sends a message together with those of other callers.
     *
     * @param deduplicationId null in a queue that is not FIFO
     * @param delay whole seconds, at most 15 minutes; zero in a FIFO queue, which does not support it for single
     *     messages
     * @return completes when SQS has the message, or exceptionally with {@link QueueUnavailableException}
     */
    CompletableFuture<Void> send(JobMessage message, @Nullable String deduplicationId, Duration delay) {
        return queue.findUrl()
                .orTimeout(SEND_LIMIT.toNanos(), TimeUnit.NANOSECONDS)
                .thenCompose(queueUrl -> batches.sendMessage(SendMessageRequest.builder()
                        .queueUrl(queueUrl)
                        .messageBody(MessageCodec.write(message))
                        .messageGroupId(MessageCodec.group(message))
                        .messageDeduplicationId(deduplicationId)
                        .delaySeconds(delay.isZero() ? null : Math.toIntExact(delay.toSeconds()))
                        .build()))
                .<Void>thenApply(sent -> null)
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(
                        new QueueUnavailableException(queue.name(), SqsQueue.cause(failure))));
    }

    /**
     * Sends a batch in one call.
     *
     * @param batch 1 to {@link JobQueue#MAX_BATCH}
     * @return the messages that SQS rejected
     * @throws QueueUnavailableException when the call failed or the calling thread was interrupted
     */
    List<JobMessage> sendBatch(List<JobMessage> batch) {
        List<SendMessageBatchRequestEntry> entries = new ArrayList<>(batch.size());
        for (int i = 0; i < batch.size(); i++) {
            JobMessage message = batch.get(i);
            entries.add(SendMessageBatchRequestEntry.builder()
                    .id(Integer.toString(i))
                    .messageBody(MessageCodec.write(message))
                    .messageGroupId(MessageCodec.group(message))
                    .messageDeduplicationId(MessageCodec.deduplicationId(message))
                    .build());
        }
        var response = queue.await(() -> queue.client()
                .sendMessageBatch(request -> request.queueUrl(queue.url()).entries(entries)));
        return SqsQueue.failedOf(batch, response.failed());
    }

    /** A client for the SDK's batch manager that limits the time of each batch to {@link #SEND_LIMIT}. */
    static SqsAsyncClient limited(SqsAsyncClient client) {
        return limited(client, SEND_LIMIT);
    }

    static SqsAsyncClient limited(SqsAsyncClient client, Duration limit) {
        return new LimitedClient(client, limit);
    }

    /**
     * Adds the time limit to the batch request. It cannot be set on the single messages: the batch manager would
     * append a hash of their settings to the queue's URL.
     */
    private record LimitedClient(SqsAsyncClient client, Duration limit) implements SqsAsyncClient {
        @Override
        public CompletableFuture<SendMessageBatchResponse> sendMessageBatch(SendMessageBatchRequest batch) {
            var settings = batch.overrideConfiguration()
                    .map(given -> given.toBuilder())
                    .orElseGet(AwsRequestOverrideConfiguration::builder)
                    .apiCallTimeout(limit)
                    .apiCallAttemptTimeout(limit.dividedBy(2))
                    .build();
            return client.sendMessageBatch(
                    batch.toBuilder().overrideConfiguration(settings).build());
        }

        @Override
        public String serviceName() {
            return client.serviceName();
        }

        @Override
        public void close() {
            // The caller that created the client closes it.
        }
    }
}
