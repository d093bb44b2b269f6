package io.renderfleet.queue;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.UUID;
import java.util.regex.Pattern;
import org.apache.commons.codec.digest.DigestUtils;
import org.jspecify.annotations.Nullable;

/** The body of a message, its group, and its deduplication id in a FIFO queue. */
final class MessageCodec {
    /** In characters. Job messages have a few hundred; a longer text is not one and is not parsed. */
    private static final int MAX_LENGTH = 8192;

    /** A valid MessageGroupId of SQS: letters, digits and ASCII punctuation. */
    private static final Pattern GROUP = Pattern.compile("[!-~]{1,128}");

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_EMPTY, JsonInclude.Include.ALWAYS))
            // A newer service may write fields that this version does not know.
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();
    private static final ObjectReader READER = MAPPER.readerFor(JobMessage.class);
    private static final ObjectWriter WRITER = MAPPER.writerFor(JobMessage.class);

    private MessageCodec() {}

    static String write(JobMessage message) {
        try {
            return WRITER.writeValueAsString(message);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("The message cannot be written as JSON.", e);
        }
    }

    /** @throws UnreadableMessageException when the text is not the JSON of a job message */
    static JobMessage read(String body) {
        if (body.length() > MAX_LENGTH) {
            throw new UnreadableMessageException(
                    "it has " + body.length() + " characters, and a job message has at most " + MAX_LENGTH);
        }
        try {
            JobMessage message = READER.readValue(body);
            if (message == null) {
                throw new UnreadableMessageException("it is null");
            }
            return message;
        } catch (JsonProcessingException | NullPointerException e) {
            throw new UnreadableMessageException("it is not the JSON of a job message");
        }
    }

    /**
     * The message group: the user in the lanes whose queues are fair queues, and the user with the ordering key in the
     * FIFO lane. A text that is not a valid MessageGroupId is replaced by its SHA-256 digest.
     */
    static String group(JobMessage message) {
        if (message.lane().isFifo() && message.orderingKey() != null) {
            return DigestUtils.sha256Hex(message.orderingKey().of(message.userId()));
        }
        String user = message.userId().value();
        return GROUP.matcher(user).matches() ? user : DigestUtils.sha256Hex(user);
    }

    /** The same for each message of a job and route epoch; null for a queue that is not FIFO. */
    static @Nullable String deduplicationId(JobMessage message) {
        return message.lane().isFifo() ? message.jobId() + "-" + message.routeEpoch() : null;
    }

    /** A random one, so that SQS does not drop the message as a duplicate; null for a queue that is not FIFO. */
    static @Nullable String newDeduplicationId(JobMessage message) {
        return message.lane().isFifo() ? message.jobId() + "-" + UUID.randomUUID() : null;
    }

    /** A message that is not a job message; its text says why. */
    static final class UnreadableMessageException extends RuntimeException {
        UnreadableMessageException(String reason) {
            super(reason);
        }
    }
}
