package io.renderfleet.jobtype.inference.keys;

import java.util.regex.Pattern;

/**
 * The name of an API key, unique in its pool. It is not secret: it appears in logs, metrics and operator calls.
 *
 * @param value 1 to 64 letters, digits, dots, hyphens and underscores
 */
public record KeyId(String value) {
    static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    /** @throws IllegalArgumentException if the name has another form; the message does not repeat it */
    public KeyId {
        if (!NAME.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "The id of a key must have 1 to 64 letters, digits, dots, hyphens or underscores, for example qwen-1");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
