package io.renderfleet.region;

import java.util.Set;
import java.util.function.Predicate;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkServiceException;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;
import software.amazon.awssdk.services.dynamodb.model.TransactionConflictException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Temporary failures of AWS: no response, throttling, a conflict with another write in progress, or an internal
 * error of the service.
 * The same call can succeed when it is repeated. Other failures, such as a condition that does not hold, are not
 * temporary. The settings of Resilience4j refer to this class.
 *
 * <p>Failures are classified by type and error code, never by their texts, which AWS may change.
 */
public final class PassingFailure implements Predicate<Throwable> {
    /** The codes of the reasons with which DynamoDB cancels a transaction because an item is throttled. */
    private static final Set<String> THROTTLED_REASONS = Set.of(
            "ThrottlingError",
            "ThrottlingException",
            "ProvisionedThroughputExceeded",
            "ProvisionedThroughputExceededException",
            "RequestLimitExceeded");

    /** The code with which S3 answers 409 when another conditional write of the same key is in progress. */
    private static final String CONFLICT = "ConditionalRequestConflict";

    @Override
    public boolean test(Throwable failure) {
        return switch (failure) {
            // The thread was interrupted.
            case AbortedException _ -> false;
            case SdkClientException _ -> true;
            case TransactionConflictException _ -> true;
            case S3Exception s3
            when s3.awsErrorDetails() != null
                    && CONFLICT.equals(s3.awsErrorDetails().errorCode()) -> true;
            case SdkServiceException service -> isThrottled(service) || service.statusCode() >= 500;
            default -> false;
        };
    }

    /** Whether AWS throttled the call, or an item of the transaction. */
    public static boolean isThrottled(Throwable failure) {
        return switch (failure) {
            case TransactionCanceledException cancelled ->
                cancelled.hasCancellationReasons()
                        && cancelled.cancellationReasons().stream()
                                .anyMatch(reason -> THROTTLED_REASONS.contains(reason.code()));
            case SdkServiceException service -> service.isThrottlingException();
            default -> false;
        };
    }
}
