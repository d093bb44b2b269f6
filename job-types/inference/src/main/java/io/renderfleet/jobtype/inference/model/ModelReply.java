package io.renderfleet.jobtype.inference.model;

import io.renderfleet.jobtype.inference.InferenceAnswer.TaskError;
import io.renderfleet.jobtype.inference.InferenceAnswer.Usage;
import io.renderfleet.jobtype.inference.keys.CallOutcome;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What came of one call to the model. */
public sealed interface ModelReply {

    /** What the reply says about its key and the quota of it. */
    default CallOutcome outcome() {
        return switch (this) {
            case Answered answered -> new CallOutcome.Succeeded(answered.usage().totalTokens(), answered.latency());
            case RateLimited limited ->
                new CallOutcome.RateLimited(limited.retryAfter(), limited.increasedTooQuickly());
            case QuotaExhausted _ -> new CallOutcome.QuotaExhausted();
            case Unauthorized _ -> new CallOutcome.Unauthorized();
            case Refused _ -> new CallOutcome.Refused();
            case Failed _ -> new CallOutcome.EndpointFailed();
        };
    }

    /**
     * The model answered.
     *
     * @param text the content of its message, at most {@link ModelClient#MAX_REPLY} bytes
     * @param model the name of the model as the provider gave it
     * @param cut whether the answer ended because of the limit of tokens
     */
    record Answered(String text, String model, Usage usage, Duration latency, boolean cut) implements ModelReply {}

    /**
     * The provider limits the calls or tokens of a time (429).
     *
     * @param retryAfter the wait that it asks for; null if it names none
     * @param increasedTooQuickly whether the rate of calls rose too fast, though it is below the quota
     */
    record RateLimited(@Nullable Duration retryAfter, boolean increasedTooQuickly) implements ModelReply {}

    /** The account has no credit or quota left (402, {@code insufficient_quota}). */
    record QuotaExhausted() implements ModelReply {}

    /** The key is not valid, or may not use the model (401, 403). */
    record Unauthorized() implements ModelReply {}

    /** The provider failed or did not respond in time; another call may succeed. */
    record Failed(String cause) implements ModelReply {}

    /** The request can never succeed. */
    record Refused(TaskError error) implements ModelReply {}
}
