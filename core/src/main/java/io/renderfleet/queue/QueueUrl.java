package io.renderfleet.queue;

import java.util.Objects;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
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

    String get() {
        String known = url;
        if (known != null) {
            return known;
        }
        try {
            String found = client.getQueueUrl(request -> request.queueName(name))
                    .join()
                    .queueUrl();
            url = found;
            return found;
        } catch (CompletionException e) {
            throw new QueueUnavailableException(name, Objects.requireNonNullElse(e.getCause(), e));
        } catch (SdkException e) {
            throw new QueueUnavailableException(name, e);
        }
    }
}
