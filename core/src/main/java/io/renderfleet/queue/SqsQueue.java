package io.renderfleet.queue;

import io.renderfleet.queue.JobQueue.QueueDepth;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;
import software.amazon.awssdk.services.sqs.model.BatchResultErrorEntry;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/**
 * One queue of SQS: its URL, which is looked up once, and calls that the caller waits for. A queue that does not exist
 * is an error; it is never created.
 *
 * <p>Thread-safe.
 */
final class SqsQueue {
    /** Exceeds every time limit of the SDK. It ends the wait for a call that the SDK never completes. */
    private static final Duration MAX_WAIT = Duration.ofMinutes(1);

    private final String name;
    private final SqsAsyncClient client;
    private volatile @Nullable String url;

    SqsQueue(String name, SqsAsyncClient client) {
        this.name = name;
        this.client = client;
    }

    String name() {
        return name;
    }

    SqsAsyncClient client() {
        return client;
    }

    /**
     * The URL; the first call waits for SQS.
     *
     * @throws QueueUnavailableException when SQS does not return the URL, or the calling thread is interrupted
     */
    String url() {
        String known = url;
        return known == null ? await(this::findUrl) : known;
    }

    /** The URL, without blocking. Cancelling the future, or its timeout, cancels the call to SQS. */
    CompletableFuture<String> findUrl() {
        String known = url;
        if (known != null) {
            return CompletableFuture.completedFuture(known);
        }
        CompletableFuture<String> found = new CompletableFuture<>();
        var call = client.getQueueUrl(request -> request.queueName(name));
        var _ = call.whenComplete((response, failure) -> {
            if (failure == null) {
                url = response.queueUrl();
                found.complete(response.queueUrl());
            } else {
                found.completeExceptionally(cause(failure));
            }
        });
        var _ = found.whenComplete((_, failure) -> call.cancel(true));
        return found;
    }

    /**
     * Waits for the response to a call. When the calling thread is interrupted, which is how time limits are enforced,
     * the call is cancelled so that it does not continue in the background. SQS may have executed it nevertheless.
     *
     * @throws QueueUnavailableException when the call fails or times out, or the calling thread is interrupted; its
     *     interrupt flag is then set
     * @throws CancellationException when another thread cancelled the call
     */
    <T> T await(Supplier<CompletableFuture<T>> call) {
        CompletableFuture<T> response;
        try {
            response = call.get();
        } catch (SdkException e) {
            throw new QueueUnavailableException(name, e);
        }
        try {
            return response.get(MAX_WAIT.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            response.cancel(true);
            Thread.currentThread().interrupt();
            throw new QueueUnavailableException(name, e);
        } catch (TimeoutException e) {
            response.cancel(true);
            throw new QueueUnavailableException(name, e);
        } catch (ExecutionException e) {
            throw new QueueUnavailableException(name, cause(e));
        }
    }

    /** The failure of a call, without the exceptions that futures wrap around it. */
    static Throwable cause(Throwable failure) {
        return failure instanceof ExecutionException || failure instanceof CompletionException
                ? Objects.requireNonNullElse(failure.getCause(), failure)
                : failure;
    }

    /** The number of messages in the queue, as SQS approximates it. */
    QueueDepth depth() {
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

    private static long count(Map<QueueAttributeName, String> attributes, QueueAttributeName name) {
        return Long.parseLong(attributes.getOrDefault(name, "0"));
    }

    /** The entries of a batch that SQS reports as failed; their ids in the batch are their positions. */
    static <T> List<T> failedOf(List<T> batch, List<BatchResultErrorEntry> failed) {
        Map<String, T> byId = new HashMap<>();
        for (int i = 0; i < batch.size(); i++) {
            byId.put(Integer.toString(i), batch.get(i));
        }
        return failed.stream()
                .map(entry -> Objects.requireNonNull(byId.get(entry.id())))
                .toList();
    }

    /**
     * Makes received messages visible again after a pause, in batches, and waits for the responses. An entry that SQS does
     * not change becomes visible when the time of its receipt is over.
     *
     * @param pause the pause of a message, 0 s to 12 h, in whole seconds
     */
    <T> void hide(List<T> messages, Function<T, String> receiptHandle, Function<T, Duration> pause) {
        for (List<T> batch : batches(messages)) {
            List<ChangeMessageVisibilityBatchRequestEntry> entries = new ArrayList<>(batch.size());
            for (T message : batch) {
                entries.add(ChangeMessageVisibilityBatchRequestEntry.builder()
                        .id(Integer.toString(entries.size()))
                        .receiptHandle(receiptHandle.apply(message))
                        .visibilityTimeout(Math.toIntExact(pause.apply(message).toSeconds()))
                        .build());
            }
            await(() -> client.changeMessageVisibilityBatch(
                    request -> request.queueUrl(url()).entries(entries)));
        }
    }

    /** The list in batches of at most {@link JobQueue#MAX_BATCH}. */
    static <T> List<List<T>> batches(List<T> all) {
        List<List<T>> batches = new ArrayList<>();
        for (int from = 0; from < all.size(); from += JobQueue.MAX_BATCH) {
            batches.add(all.subList(from, Math.min(from + JobQueue.MAX_BATCH, all.size())));
        }
        return batches;
    }
}
