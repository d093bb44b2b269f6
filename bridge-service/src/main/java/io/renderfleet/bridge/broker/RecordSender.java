package io.renderfleet.bridge.broker;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.springframework.kafka.core.KafkaOperations;

/**
 * Sends records and waits until the brokers have stored them, as {@code spring.kafka.producer} says.
 *
 * <p>Thread-safe.
 */
public final class RecordSender {
    /** Longer than the producer's delivery timeout of 2 min, which ends the wait first. */
    private static final Duration MAX_WAIT = Duration.ofSeconds(135);

    private final KafkaOperations<byte[], byte[]> kafka;

    RecordSender(KafkaOperations<byte[], byte[]> kafka) {
        this.kafka = kafka;
    }

    /** A record was not stored, or it is not known whether it was; it can be sent again. */
    public static final class NotSentException extends Exception {
        NotSentException(String topic, Throwable cause) {
            super("A record could not be sent to the topic " + topic + ": " + cause.getMessage(), cause);
        }

        /** Whether the client or a broker refuses every record of this size. */
        public boolean isTooLarge() {
            return getCause() instanceof RecordTooLargeException;
        }
    }

    /**
     * Sends a record; blocks for at most 2.25 minutes.
     *
     * @throws NotSentException when the brokers have not acknowledged it
     */
    public void send(ProducerRecord<byte[], byte[]> message) throws NotSentException, InterruptedException {
        try {
            var _ = kafka.send(message).get(MAX_WAIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | KafkaException | org.springframework.kafka.KafkaException e) {
            throw new NotSentException(message.topic(), cause(e));
        } catch (TimeoutException e) {
            throw new NotSentException(message.topic(), e);
        }
    }

    private static Throwable cause(Throwable failure) {
        Throwable cause = failure;
        // Spring wraps the exceptions of the client once or twice.
        while (cause.getCause() != null
                && (cause instanceof ExecutionException || cause instanceof org.springframework.kafka.KafkaException)) {
            cause = cause.getCause();
        }
        return cause;
    }

    /** The bytes of a text, as keys, values and headers have them. */
    public static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
