package io.renderfleet.region;

import java.util.function.Predicate;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkServiceException;

/**
 * Failures of AWS that may be gone when the same call is made again: no answer, too many calls, a fault of the service's
 * own. What a service says on purpose, such as that a condition does not hold, is not among them. Named in the settings
 * of Resilience4j.
 */
public final class PassingFailure implements Predicate<Throwable> {

    @Override
    public boolean test(Throwable failure) {
        return switch (failure) {
            // The thread was told to stop.
            case AbortedException aborted -> false;
            case SdkClientException client -> true;
            case SdkServiceException service -> service.isThrottlingException() || service.statusCode() >= 500;
            default -> false;
        };
    }
}
