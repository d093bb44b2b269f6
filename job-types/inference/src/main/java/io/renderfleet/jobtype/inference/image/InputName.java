package io.renderfleet.jobtype.inference.image;

import java.util.regex.Pattern;

/**
 * The name under which an image was uploaded.
 *
 * @param value 1 to 128 characters of {@code [A-Za-z0-9._-]}
 */
public record InputName(String value) {
    /** What a name must be, to follow the name of a field. */
    public static final String FORM = "must be 1 to 128 of A-Z a-z 0-9 . _ -";

    private static final Pattern PATTERN = Pattern.compile("[A-Za-z0-9._-]{1,128}");

    /** @throws IllegalArgumentException for any other text */
    public InputName {
        if (!isValid(value)) {
            throw new IllegalArgumentException("The name of an input " + FORM + ".");
        }
    }

    static boolean isValid(String text) {
        return PATTERN.matcher(text).matches();
    }

    @Override
    public String toString() {
        return value;
    }
}
