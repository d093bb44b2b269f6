package io.renderfleet.queue;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A message that SQS gave up on, as it was seen in its dead-letter queue, where it still is.
 *
 * @param messageId SQS's own name for it
 * @param message what it says; null when it is not one of ours
 * @param body its text, cut to {@link #MAX_BODY} characters
 * @param length how many characters its text has
 * @param sentAt when it was sent to its queue
 * @param receiptHandle what SQS knows this look by
 */
public record DeadLetter(
        String messageId, @Nullable JobMessage message, String body, int length, Instant sentAt, String receiptHandle) {
    /** Enough to see what a stranger's message is. */
    public static final int MAX_BODY = 500;
}
