package io.renderfleet.job;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Pattern;

/** The name of a job type, as clients write it: a lower-case letter, then up to 31 of a-z, 0-9 and the hyphen. */
public record JobTypeName(@JsonValue String value) {
    private static final Pattern FORM = Pattern.compile("[a-z][a-z0-9-]{0,31}");

    @JsonCreator
    public JobTypeName {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "The name of a job type is a lower-case letter, then up to 31 of a-z, 0-9 and the hyphen.");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
