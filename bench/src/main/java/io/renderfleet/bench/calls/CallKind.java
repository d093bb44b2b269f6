package io.renderfleet.bench.calls;

import java.util.Set;

/**
 * A kind of calls that are counted together.
 *
 * @param service the service's name in the SDK: {@code Sqs}, {@code DynamoDb} or {@code S3}
 * @param operation the API action
 * @param target {@code master} or {@code regional} for a queue, the first part of the key for an object, the end
 *     of the name of a table; empty for calls that name several tables
 */
public record CallKind(String service, String operation, String target) implements Comparable<CallKind> {
    public static final String DYNAMODB = "DynamoDb";
    public static final String SQS = "Sqs";
    public static final String S3 = "S3";

    private static final Set<String> DYNAMODB_WRITES =
            Set.of("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems");

    /** Whether the calls write items. */
    public boolean isDynamoDbWrite() {
        return service.equals(DYNAMODB) && DYNAMODB_WRITES.contains(operation);
    }

    @Override
    public int compareTo(CallKind other) {
        int byService = service.compareTo(other.service);
        int byOperation = byService != 0 ? byService : operation.compareTo(other.operation);
        return byOperation != 0 ? byOperation : target.compareTo(other.target);
    }
}
