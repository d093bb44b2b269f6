package io.renderfleet.jobtype.inference.keys;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * The secret text of an API key. It is never part of {@link #toString} or of an exception, and can be sent as the value
 * of an HTTP header as it is.
 *
 * <p>Immutable. Two secrets with the same text are equal; the comparison takes the same time wherever they differ.
 */
public final class Secret {
    private static final int LONGEST = 4096;
    /** The last four characters of a shorter secret would be a large part of it. */
    private static final int SHORTEST_WITH_LAST_4 = 12;

    private final String value;

    private Secret(String value) {
        this.value = value;
    }

    /**
     * Checks the text of a key.
     *
     * @param setting where the text comes from, for the message of the exception
     * @param value 1 to 4096 printable ASCII characters without spaces
     * @throws IllegalArgumentException if the text has another form; the message does not contain it
     */
    public static Secret of(String setting, String value) {
        if (value.isBlank()) {
            throw new IllegalArgumentException(setting + " is blank; " + accepted());
        }
        if (value.indexOf('\n') >= 0 || value.indexOf('\r') >= 0) {
            throw new IllegalArgumentException(
                    setting + " contains a line break, often at the end of a file; " + accepted());
        }
        if (value.length() > LONGEST || !value.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new IllegalArgumentException(
                    setting + " is too long or contains a space or another character that no key has; " + accepted());
        }
        return new Secret(value);
    }

    private static String accepted() {
        return "it must be the API key alone: 1 to " + LONGEST
                + " printable ASCII characters without spaces or line breaks, for example sk-0123456789abcdef";
    }

    /** The text, for the request to the provider only. */
    public String value() {
        return value;
    }

    /** The last four characters, or nothing if the secret has fewer than 12 characters. */
    public String last4() {
        return value.length() < SHORTEST_WITH_LAST_4 ? "" : value.substring(value.length() - 4);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secret secret && MessageDigest.isEqual(bytes(), secret.bytes());
    }

    private byte[] bytes() {
        return value.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    /** Omits the text. */
    @Override
    public String toString() {
        return "Secret[]";
    }
}
