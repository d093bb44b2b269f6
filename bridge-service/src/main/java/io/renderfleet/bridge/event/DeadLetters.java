package io.renderfleet.bridge.event;

import static io.renderfleet.bridge.broker.RecordSender.bytes;

import io.renderfleet.bridge.broker.RecordSender;
import io.renderfleet.bridge.broker.RecordSender.NotSentException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends records that can never be submitted to the dead-letter topic, with key, value and headers unchanged and further
 * headers that say why.
 *
 * <p>Thread-safe.
 */
final class DeadLetters {
    /** Why the record was not submitted, as a text. */
    static final String REASON = "renderfleet-reason";

    /** The problem type with which the API refused the record; absent if the API was not asked. */
    static final String PROBLEM_TYPE = "renderfleet-problem-type";

    static final String ORIGINAL_TOPIC = "renderfleet-original-topic";
    static final String ORIGINAL_PARTITION = "renderfleet-original-partition";
    static final String ORIGINAL_OFFSET = "renderfleet-original-offset";

    /** The size of a value that is too large for the dead-letter topic; the dead letter has no value then. */
    static final String OMITTED_BYTES = "renderfleet-omitted-bytes";

    private static final int MAX_REASON = 2000;
    private static final Logger log = LoggerFactory.getLogger(DeadLetters.class);

    private final String topic;
    private final RecordSender sender;

    DeadLetters(String topic, RecordSender sender) {
        this.topic = topic;
        this.sender = sender;
    }

    /**
     * Sends a dead letter, and returns when the brokers have stored it.
     *
     * @param problemType null if the API was not asked
     * @throws NotSentException when it must be sent again
     */
    void send(ConsumerRecord<byte[], byte[]> refused, String reason, @Nullable String problemType)
            throws NotSentException, InterruptedException {
        log.warn(
                "Sending the record at offset {} of {}-{} to {}: {}",
                refused.offset(),
                refused.topic(),
                refused.partition(),
                topic,
                reason);
        ProducerRecord<byte[], byte[]> letter = letter(refused, refused.value(), reason, problemType);
        try {
            sender.send(letter);
        } catch (NotSentException e) {
            if (!e.isTooLarge() || refused.value() == null) {
                throw e;
            }
            ProducerRecord<byte[], byte[]> without = letter(refused, null, reason, problemType);
            without.headers().add(OMITTED_BYTES, bytes(Integer.toString(refused.value().length)));
            sender.send(without);
        }
    }

    @SuppressWarnings("NullAway") // A record of Kafka can be without a value.
    private ProducerRecord<byte[], byte[]> letter(
            ConsumerRecord<byte[], byte[]> refused,
            byte @Nullable [] value,
            String reason,
            @Nullable String problemType) {
        var letter = new ProducerRecord<byte[], byte[]>(topic, null, refused.key(), value, refused.headers());
        Headers headers = letter.headers();
        headers.add(REASON, bytes(reason.length() > MAX_REASON ? reason.substring(0, MAX_REASON) : reason));
        if (problemType != null) {
            headers.add(PROBLEM_TYPE, bytes(problemType));
        }
        headers.add(ORIGINAL_TOPIC, bytes(refused.topic()));
        headers.add(ORIGINAL_PARTITION, bytes(Integer.toString(refused.partition())));
        headers.add(ORIGINAL_OFFSET, bytes(Long.toString(refused.offset())));
        return letter;
    }
}
