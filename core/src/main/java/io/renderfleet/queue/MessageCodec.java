package io.renderfleet.queue;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** A message's text, and the group it belongs to. */
final class MessageCodec {
    /** Ours have a few hundred characters; longer ones are not ours and are not parsed. */
    private static final int MAX_LENGTH = 8192;

    /** What SQS takes as a MessageGroupId: letters, digits and ASCII punctuation. */
    private static final Pattern GROUP = Pattern.compile("[!-~]{1,128}");

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_EMPTY, JsonInclude.Include.ALWAYS))
            // A newer service may say more than this one knows.
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
            throw new IllegalArgumentException("a message has no JSON form", e);
        }
    }

    /** {@link UnreadableMessageException} for anything that {@link #write} did not make. */
    static JobMessage read(String body) {
        if (body.length() > MAX_LENGTH) {
            throw new UnreadableMessageException("it has " + body.length() + " characters, ours at most " + MAX_LENGTH);
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
     * Fair queues go by user, FIFO order by user and key; what SQS would not take as a group's name is replaced by its
     * digest.
     */
    static String group(JobMessage message) {
        if (message.lane().isFifo() && message.orderingKey() != null) {
            return digest(message.orderingKey().of(message.userId()));
        }
        String user = message.userId().value();
        return GROUP.matcher(user).matches() ? user : digest(user);
    }

    private static String digest(String text) {
        try {
            byte[] sha256 = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(sha256);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** A message that is not one of ours; says why. */
    static final class UnreadableMessageException extends RuntimeException {
        UnreadableMessageException(String why) {
            super(why);
        }
    }
}
