package io.renderfleet.queue;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Waits for a call to SQS. A caller that is interrupted, as time limits do it, cancels the call: what it started does not
 * go on behind its back. SQS may have done what was asked all the same.
 */
final class SqsCall {
    /** Beyond every time limit of the SDK: a call that it never ends must not keep its caller for ever. */
    private static final Duration LONGEST = Duration.ofMinutes(1);

    private SqsCall() {}

    /**
     * What SQS answers.
     *
     * @throws QueueUnavailableException when it does not, or the caller was interrupted; its interrupt flag is then set
     * @throws CancellationException when somebody else cancelled the call
     */
    static <T> T await(String queue, Supplier<CompletableFuture<T>> call) {
        CompletableFuture<T> answer;
        try {
            answer = call.get();
        } catch (SdkException e) {
            throw new QueueUnavailableException(queue, e);
        }
        try {
            return answer.get(LONGEST.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw new QueueUnavailableException(queue, e);
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new QueueUnavailableException(queue, e);
        } catch (ExecutionException e) {
            throw new QueueUnavailableException(queue, cause(e));
        }
    }

    /** What went wrong, without what futures wrap around it. */
    static Throwable cause(Throwable failure) {
        return failure instanceof ExecutionException || failure instanceof CompletionException
                ? Objects.requireNonNullElse(failure.getCause(), failure)
                : failure;
    }
}
