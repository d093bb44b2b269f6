package io.renderfleet.job;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;

/**
 * A job's identity: a UUID, the key of its item and part of its result's name.
 *
 * @param uuid never null
 */
public record JobId(@JsonValue UUID uuid) {

    public static JobId random() {
        return new JobId(UUID.randomUUID());
    }

    /** Reads the canonical text form only; {@link IllegalArgumentException} for anything else. */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static JobId of(String text) {
        // UUID.fromString also takes short forms such as 1-1-1-1-1.
        if (text.length() == 36) {
            UUID uuid = UUID.fromString(text);
            if (uuid.toString().equalsIgnoreCase(text)) {
                return new JobId(uuid);
            }
        }
        throw new IllegalArgumentException("'" + text + "' is not a UUID");
    }

    /**
     * The id that a user's idempotency key always stands for, so that one conditional write both stores the job and
     * finds the repeat: the first 128 bits of a SHA-256, marked as a version 8 UUID (RFC 9562, section 5.8).
     */
    public static JobId derivedFrom(UserId user, String idempotencyKey) {
        MessageDigest sha256;
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
        sha256.update(user.value().getBytes(StandardCharsets.UTF_8));
        sha256.update((byte) 0);
        ByteBuffer digest = ByteBuffer.wrap(sha256.digest(idempotencyKey.getBytes(StandardCharsets.UTF_8)));
        long high = (digest.getLong() & ~0xF000L) | 0x8000L;
        long low = (digest.getLong() & ~(0b11L << 62)) | (0b10L << 62);
        return new JobId(new UUID(high, low));
    }

    @Override
    public String toString() {
        return uuid.toString();
    }
}
