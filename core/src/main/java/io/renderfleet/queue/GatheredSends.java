package io.renderfleet.queue;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequest;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchResponse;

/**
 * A client for the SDK's batch manager that limits the time of each batch. The limit cannot be given with the messages:
 * the batch manager would take part of their settings for a part of the queue's URL.
 */
final class GatheredSends implements SqsAsyncClient {
    private final SqsAsyncClient client;
    private final Duration limit;

    GatheredSends(SqsAsyncClient client, Duration limit) {
        this.client = client;
        this.limit = limit;
    }

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
