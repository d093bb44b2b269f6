package io.renderfleet.api.lookup;

import io.renderfleet.job.JobHistory.Position;
import io.renderfleet.job.JobId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Encodes positions in a listing as cursors that clients cannot forge: each is signed by an HMAC-SHA256 (RFC 2104), cut
 * to 128 bits, that also covers the listing with its filters, so a cursor is valid only for its own listing.
 */
@Component
class Cursors {
    private static final Logger log = LoggerFactory.getLogger(Cursors.class);
    private static final String HMAC = "HmacSHA256";
    private static final int POSITION_BYTES = 3 * Long.BYTES;
    private static final int MAC_BYTES = 16;
    private static final int CURSOR_CHARS = (POSITION_BYTES + MAC_BYTES) * 8 / 6 + 1;

    private final SecretKeySpec key;

    Cursors(LookupSettings settings) {
        byte[] secret = settings.cursorSecret().getBytes(StandardCharsets.UTF_8);
        if (secret.length == 0) {
            log.info("Cursors are signed with a random key of this process; set renderfleet.api.cursor-secret if"
                    + " several instances share an address.");
            secret = new byte[32];
            new SecureRandom().nextBytes(secret);
        }
        key = new SecretKeySpec(secret, HMAC);
    }

    /**
     * Encodes a position in a listing.
     *
     * @param listing a text that two listings have in common only if they are the same, whatever the size of their pages
     */
    String write(Position position, String listing) {
        byte[] bytes = bytes(position);
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(ByteBuffer.allocate(POSITION_BYTES + MAC_BYTES)
                        .put(bytes)
                        .put(mac(bytes, listing))
                        .array());
    }

    /** Decodes a cursor; empty when it is not one that this service made for the same listing. */
    Optional<Position> read(String cursor, String listing) {
        if (cursor.length() != CURSOR_CHARS) {
            return Optional.empty();
        }
        byte[] bytes = new byte[POSITION_BYTES];
        byte[] mac = new byte[MAC_BYTES];
        try {
            ByteBuffer.wrap(Base64.getUrlDecoder().decode(cursor)).get(bytes).get(mac);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        return MessageDigest.isEqual(mac, mac(bytes, listing)) ? Optional.of(position(bytes)) : Optional.empty();
    }

    private static byte[] bytes(Position position) {
        UUID id = position.id().uuid();
        return ByteBuffer.allocate(POSITION_BYTES)
                .putLong(position.createdAt().toEpochMilli())
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
    }

    private static Position position(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return new Position(
                Instant.ofEpochMilli(buffer.getLong()), new JobId(new UUID(buffer.getLong(), buffer.getLong())));
    }

    private byte[] mac(byte[] position, String listing) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(key);
            mac.update(position);
            return Arrays.copyOf(mac.doFinal(listing.getBytes(StandardCharsets.UTF_8)), MAC_BYTES);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + HMAC, e);
        }
    }
}
