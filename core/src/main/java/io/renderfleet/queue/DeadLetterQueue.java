package io.renderfleet.queue;

import io.renderfleet.pool.PoolName;
import io.renderfleet.queue.MessageCodec.UnreadableMessageException;
import io.renderfleet.region.RegionId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;

/**
 * The dead-letter queue of one queue. SQS has no operation that reads messages without receiving them: {@link #peek}
 * hides the messages from other receivers for a moment, and {@link #release} makes them visible again. Only
 * {@link #delete} removes a message; its caller ensures that no job depends on it.
 *
 * <p>Thread-safe. Errors of SQS are thrown as {@link QueueUnavailableException}.
 */
public final class DeadLetterQueue {
    /** How long a dead letter that is not released stays hidden: enough time to process all of one {@link #peek}. */
    private static final Duration HIDDEN = Duration.ofSeconds(30);

    private final @Nullable RegionId region;
    private final PoolName pool;
    private final Lane lane;
    private final SqsQueue queue;

    DeadLetterQueue(String name, @Nullable RegionId region, PoolName pool, Lane lane, SqsAsyncClient client) {
        this.region = region;
        this.pool = pool;
        this.lane = lane;
        this.queue = new SqsQueue(name, client);
    }

    /**
     * A message in a dead-letter queue, as it was received.
     *
     * @param messageId the id that SQS gave the message
     * @param message the content; null when the message is not a job message
     * @param body the text, truncated to {@link #MAX_BODY} characters
     * @param length the length of the whole text, in characters
     * @param sentAt when the message was sent to its first queue
     * @param receiptHandle identifies this receipt of the message
     */
    public record DeadLetter(
            String messageId,
            @Nullable JobMessage message,
            String body,
            int length,
            Instant sentAt,
            String receiptHandle) {
        /** The most characters of {@link #body}: enough to recognize a message that is not a job message. */
        public static final int MAX_BODY = 500;
    }

    /** The dead-letter queue's own name. */
    public String name() {
        return queue.name();
    }

    /** The region whose queue this one belongs to; null for a master queue. */
    public @Nullable RegionId region() {
        return region;
    }

    public PoolName pool() {
        return pool;
    }

    public Lane lane() {
        return lane;
    }

    /** The number of dead letters, as SQS approximates it; includes those that are hidden. */
    public long depth() {
        JobQueue.QueueDepth depth = queue.depth();
        return depth.visible() + depth.inFlight();
    }

    /** Receives up to {@code max} dead letters, without those that are hidden. The caller releases them. */
    public List<DeadLetter> peek(int max) {
        List<DeadLetter> letters = new ArrayList<>();
        while (letters.size() < max) {
            int wanted = Math.min(JobQueue.MAX_BATCH, max - letters.size());
            List<Message> messages = queue.await(() -> queue.client()
                            .receiveMessage(request -> request.queueUrl(queue.url())
                                    .maxNumberOfMessages(wanted)
                                    // A wait of one second queries all servers of SQS. Without a wait SQS queries
                                    // only some of them, and can miss messages.
                                    .waitTimeSeconds(letters.isEmpty() ? 1 : 0)
                                    .visibilityTimeout(Math.toIntExact(HIDDEN.toSeconds()))
                                    .messageSystemAttributeNames(MessageSystemAttributeName.SENT_TIMESTAMP)))
                    .messages();
            if (messages.isEmpty()) {
                break;
            }
            messages.stream().map(DeadLetterQueue::letter).forEach(letters::add);
        }
        return letters;
    }

    /** Makes dead letters visible at once. An entry that SQS fails to change becomes visible when its time is over. */
    public void release(List<DeadLetter> letters) {
        queue.hide(letters, DeadLetter::receiptHandle, letter -> Duration.ZERO);
    }

    /** Deletes a dead letter that no job depends on any more. */
    public void delete(DeadLetter letter) {
        queue.await(() -> queue.client()
                .deleteMessage(request -> request.queueUrl(queue.url()).receiptHandle(letter.receiptHandle())));
    }

    private static DeadLetter letter(Message message) {
        String body = message.body();
        String sent = message.attributes().getOrDefault(MessageSystemAttributeName.SENT_TIMESTAMP, "0");
        return new DeadLetter(
                message.messageId(),
                read(body),
                body.substring(0, Math.min(DeadLetter.MAX_BODY, body.length())),
                body.length(),
                Instant.ofEpochMilli(Long.parseLong(sent)),
                message.receiptHandle());
    }

    private static @Nullable JobMessage read(String body) {
        try {
            return MessageCodec.read(body);
        } catch (UnreadableMessageException e) {
            return null;
        }
    }
}
