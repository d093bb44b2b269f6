package io.renderfleet.job;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.regex.Pattern;

/**
 * The random part of the key of a stored file: 12 characters of the URL-safe Base64 alphabet, from 72 random bits. The
 * worker that uploads a file chooses it. Nobody else can know it before the object exists, so no other object can have
 * this key, and the same id at S3 means that an earlier try of the same upload succeeded.
 */
public record FileId(String value) {
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_-]{12}");
    private static final int BYTES = 9;
    private static final SecureRandom RANDOM = new SecureRandom();

    /** @throws IllegalArgumentException when the text does not have this form */
    public FileId {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException("The id of a file has 12 characters of A-Z, a-z, 0-9, - and _.");
        }
    }

    /** A new id. */
    public static FileId random() {
        byte[] random = new byte[BYTES];
        RANDOM.nextBytes(random);
        return new FileId(Base64.getUrlEncoder().encodeToString(random));
    }

    @Override
    public String toString() {
        return value;
    }
}
