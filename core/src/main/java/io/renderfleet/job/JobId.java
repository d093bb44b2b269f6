package io.renderfleet.job;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.UUID;
import org.apache.commons.codec.digest.DigestUtils;

/** The id of a job: a UUID, which is the key of its item and part of its result's name. */
public record JobId(@JsonValue UUID uuid) {
    private static final int RFC_VARIANT = 2;
    private static final int RANDOM = 4;
    private static final int TIME_AND_RANDOM = 7;

    public static JobId random() {
        return new JobId(UUID.randomUUID());
    }

    /**
     * Reads a UUID in its canonical form, in any case.
     *
     * @throws IllegalArgumentException for any other text
     */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static JobId of(String text) {
        // UUID.fromString also accepts short forms such as 1-1-1-1-1.
        if (text.length() == 36) {
            UUID uuid = UUID.fromString(text);
            if (uuid.toString().equalsIgnoreCase(text)) {
                return new JobId(uuid);
            }
        }
        throw new IllegalArgumentException("'" + text + "' is not a UUID");
    }

    /**
     * Reads an id that a client chose for its job. It must be a UUID of version 4 or 7 (RFC 9562), which have 122 and
     * 74 random bits: another user cannot guess it and use it first. Ids of version 8 belong to {@link #derivedFrom},
     * and those of the other versions follow from a name or from a time and a machine.
     *
     * @throws IllegalArgumentException for any other text
     */
    public static JobId chosenByClient(String text) {
        JobId id = of(text);
        if (id.uuid.variant() != RFC_VARIANT || (id.uuid.version() != RANDOM && id.uuid.version() != TIME_AND_RANDOM)) {
            throw new IllegalArgumentException("'" + text + "' is not a UUID of version 4 or 7");
        }
        return id;
    }

    /**
     * The id that belongs to an idempotency key of a user, so that one conditional write both stores the job and
     * detects a repeated submission: the first 128 bits of a SHA-256 digest, marked as a UUID of version 8 (RFC 9562,
     * section 5.8). Only a submission of that user can have this id, because no client can choose an id of version 8.
     */
    public static JobId derivedFrom(UserId user, String idempotencyKey) {
        MessageDigest sha256 = DigestUtils.getSha256Digest();
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
