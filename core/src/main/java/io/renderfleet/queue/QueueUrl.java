package io.renderfleet.queue;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;

/** A queue's URL, asked for once. A queue that does not exist is an error: nothing here ever creates one. */
final class QueueUrl {
    private final String name;
    private final SqsAsyncClient client;
    private volatile @Nullable String url;

    QueueUrl(String name, SqsAsyncClient client) {
        this.name = name;
        this.client = client;
    }

    /** The URL; {@link QueueUnavailableException} when SQS does not tell it or the caller was interrupted. */
    String get() {
        String known = url;
        return known == null ? SqsCall.await(name, this::find) : known;
    }

    /** The URL without waiting for it. */
    CompletableFuture<String> find() {
        String known = url;
        if (known != null) {
            return CompletableFuture.completedFuture(known);
        }
        CompletableFuture<String> found = new CompletableFuture<>();
        var asked = client.getQueueUrl(request -> request.queueName(name));
        var _ = asked.whenComplete((answer, failure) -> {
            if (failure == null) {
                url = answer.queueUrl();
                found.complete(answer.queueUrl());
            } else {
                found.completeExceptionally(SqsCall.cause(failure));
            }
        });
        // Who gives up waiting for the URL gives up the call.
        var _ = found.whenComplete((_, failure) -> asked.cancel(true));
        return found;
    }
}
