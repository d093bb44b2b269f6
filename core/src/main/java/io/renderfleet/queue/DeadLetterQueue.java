package io.renderfleet.queue;

import io.renderfleet.pool.PoolName;
import io.renderfleet.queue.MessageCodec.UnreadableMessageException;
import io.renderfleet.region.RegionId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/**
 * What SQS gave up on, behind one queue. SQS has no way to look without receiving: what is looked at is hidden from
 * others for a moment, and given back after. Nothing is deleted but by {@link #delete}, whose caller has made sure that
 * the job needs it no more.
 *
 * <p>Thread-safe. Errors of SQS come out as {@link QueueUnavailableException}.
 */
public final class DeadLetterQueue {
    /** For how long a look hides a letter when nobody gives it back: long enough to decide on all of one look. */
    private static final Duration HIDDEN = Duration.ofSeconds(30);

    private final String name;
    private final @Nullable RegionId region;
    private final PoolName pool;
    private final Lane lane;
    private final SqsAsyncClient client;
    private final QueueUrl url;

    DeadLetterQueue(String name, @Nullable RegionId region, PoolName pool, Lane lane, SqsAsyncClient client) {
        this.name = name;
        this.region = region;
        this.pool = pool;
        this.lane = lane;
        this.client = client;
        this.url = new QueueUrl(name, client);
    }

    public String name() {
        return name;
    }

    /** Whose queue it is behind; null for a master queue. */
    public @Nullable RegionId region() {
        return region;
    }

    public PoolName pool() {
        return pool;
    }

    public Lane lane() {
        return lane;
    }

    /** How many letters there are, as SQS approximates it. */
    public long depth() {
        var attributes = await(() -> client.getQueueAttributes(request -> request.queueUrl(url.get())
                        .attributeNames(
                                QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES,
                                QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE)))
                .attributes();
        return attributes.values().stream().mapToLong(Long::parseLong).sum();
    }

    /** Looks at up to so many letters; the caller gives them back. What others look at now is not among them. */
    public List<DeadLetter> peek(int most) {
        List<DeadLetter> letters = new ArrayList<>();
        while (letters.size() < most) {
            int wanted = Math.min(JobQueue.MAX_BATCH, most - letters.size());
            List<Message> messages = await(() -> client.receiveMessage(request -> request.queueUrl(url.get())
                            .maxNumberOfMessages(wanted)
                            // One second asks all of SQS's servers; none asks only some, and misses letters.
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

    /** Makes letters visible to others at once; one that cannot be comes back by itself in a moment. */
    public void release(List<DeadLetter> letters) {
        for (int from = 0; from < letters.size(); from += JobQueue.MAX_BATCH) {
            List<ChangeMessageVisibilityBatchRequestEntry> entries = new ArrayList<>();
            for (DeadLetter letter : letters.subList(from, Math.min(from + JobQueue.MAX_BATCH, letters.size()))) {
                entries.add(ChangeMessageVisibilityBatchRequestEntry.builder()
                        .id(Integer.toString(entries.size()))
                        .receiptHandle(letter.receiptHandle())
                        .visibilityTimeout(0)
                        .build());
            }
            await(() -> client.changeMessageVisibilityBatch(
                    request -> request.queueUrl(url.get()).entries(entries)));
        }
    }

    /** Deletes a letter whose job needs it no more. */
    public void delete(DeadLetter letter) {
        await(() -> client.deleteMessage(request -> request.queueUrl(url.get()).receiptHandle(letter.receiptHandle())));
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

    private <T> T await(Supplier<CompletableFuture<T>> call) {
        return SqsCall.await(name, call);
    }
}
