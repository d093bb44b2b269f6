package io.renderfleet.job;

import java.util.regex.Pattern;

/**
 * The name of an artifact, which is the last part of its address: 1 to 64 characters of a-z, 0-9, dot and hyphen, of
 * which the first is a letter or a digit. The name {@code result} is reserved for the job's result.
 */
public record ArtifactName(String value) implements Comparable<ArtifactName> {
    private static final Pattern FORM = Pattern.compile("[a-z0-9][a-z0-9.-]{0,63}");
    private static final String RESERVED = "result";

    /** @throws IllegalArgumentException when the text is not a valid name */
    public ArtifactName {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "The name of an artifact has 1 to 64 characters of a-z, 0-9, the dot and the"
                            + " hyphen and begins with a letter or a digit.");
        }
        if (value.equals(RESERVED)) {
            throw new IllegalArgumentException("An artifact cannot have the name " + RESERVED
                    + ", which is the job's result: return that instead.");
        }
    }

    @Override
    public int compareTo(ArtifactName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
