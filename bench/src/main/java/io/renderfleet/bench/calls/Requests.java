package io.renderfleet.bench.calls;

import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;
import software.amazon.awssdk.services.dynamodb.model.ReturnConsumedCapacity;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityBatchRequest;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchRequest;
import software.amazon.awssdk.services.sqs.model.ReceiveMessageResponse;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequest;

/** Properties of the AWS requests that this system makes. */
final class Requests {
    private Requests() {}

    /** The same request with the option to return its consumed capacity, if the operation has that option. */
    static SdkRequest askForCapacity(SdkRequest request) {
        var wanted = ReturnConsumedCapacity.INDEXES;
        return switch (request) {
            case PutItemRequest put ->
                put.toBuilder().returnConsumedCapacity(wanted).build();
            case UpdateItemRequest update ->
                update.toBuilder().returnConsumedCapacity(wanted).build();
            case DeleteItemRequest delete ->
                delete.toBuilder().returnConsumedCapacity(wanted).build();
            case GetItemRequest get ->
                get.toBuilder().returnConsumedCapacity(wanted).build();
            case QueryRequest query ->
                query.toBuilder().returnConsumedCapacity(wanted).build();
            case BatchGetItemRequest batch ->
                batch.toBuilder().returnConsumedCapacity(wanted).build();
            default -> request;
        };
    }

    /** See {@link CallKind#target}. */
    static String target(SdkRequest request) {
        return request.getValueForField("QueueUrl", String.class)
                .map(Requests::queue)
                .or(() -> request.getValueForField("TableName", String.class)
                        .map(name -> name.substring(name.lastIndexOf('-') + 1)))
                .or(() -> request.getValueForField("Key", Object.class)
                        .filter(String.class::isInstance)
                        .map(key -> ((String) key).replaceFirst("/.*", "")))
                .orElse("");
    }

    /** Queue names are {@code renderfleet-<env>-master-<lane>} and {@code renderfleet-<env>-<region>-<lane>}. */
    private static String queue(String url) {
        return url.substring(url.lastIndexOf('/') + 1).contains("-master-") ? "master" : "regional";
    }

    /** The number of messages or items in a successful call. */
    static long entries(SdkRequest request, SdkResponse response) {
        return switch (request) {
            case SendMessageBatchRequest send -> send.entries().size();
            case DeleteMessageBatchRequest delete -> delete.entries().size();
            case ChangeMessageVisibilityBatchRequest change -> change.entries().size();
            default ->
                switch (response) {
                    case ReceiveMessageResponse received -> received.messages().size();
                    case QueryResponse query -> query.items().size();
                    case BatchGetItemResponse batch ->
                        batch.responses().values().stream()
                                .mapToInt(java.util.List::size)
                                .sum();
                    default -> 1;
                };
        };
    }
}
