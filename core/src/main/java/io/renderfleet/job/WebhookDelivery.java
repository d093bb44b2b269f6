package io.renderfleet.job;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What became of a completion event that was sent to a webhook.
 *
 * @param eventId the id of the event, which is the {@code webhook-id} of its requests
 * @param attempts the number of requests that were sent, or tried, from 1
 * @param lastStatus the HTTP status of the last response; null if there was none
 * @param lastError why the last attempt failed, for the user; null if it succeeded
 * @param lastAt the time of the last attempt
 * @param nextAt the time of the next attempt; null unless RETRYING
 */
public record WebhookDelivery(
        String eventId,
        State state,
        int attempts,
        @Nullable Integer lastStatus,
        @Nullable String lastError,
        Instant lastAt,
        @Nullable Instant nextAt) {

    /** How far a delivery is. */
    public enum State {
        /** The last attempt failed, and there will be another one. */
        RETRYING,
        /** The receiver accepted the event. */
        DELIVERED,
        /** No attempt succeeded, and there will be no other one. */
        GIVEN_UP
    }
}
