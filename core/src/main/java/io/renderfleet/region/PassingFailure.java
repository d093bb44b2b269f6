package io.renderfleet.region;

import java.util.Set;
import java.util.function.Predicate;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkServiceException;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;
import software.amazon.awssdk.services.dynamodb.model.TransactionConflictException;

/**
 * Failures of AWS that may be gone when the same call is made again: no answer, too many calls, a transaction in the
 * way, a fault of the service's own. What a service says on purpose, such as that a condition does not hold, is not among
 * them. Named in the settings of Resilience4j.
 *
 * <p>Failures are told apart by their types and error codes, never by their texts, which AWS may change.
 */
public final class PassingFailure implements Predicate<Throwable> {
    /** DynamoDB cancels a whole transaction because one of its items is throttled: the codes of such reasons. */
    private static final Set<String> THROTTLED_REASONS = Set.of(
            "ThrottlingError",
            "ThrottlingException",
            "ProvisionedThroughputExceeded",
            "ProvisionedThroughputExceededException",
            "RequestLimitExceeded");

    @Override
    public boolean test(Throwable failure) {
        return switch (failure) {
            // The thread was told to stop.
            case AbortedException _ -> false;
            case SdkClientException _ -> true;
            case TransactionConflictException _ -> true;
            case SdkServiceException service -> isThrottled(service) || service.statusCode() >= 500;
            default -> false;
        };
    }

    /** Whether AWS asks for fewer calls, also for one part of a transaction. */
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
