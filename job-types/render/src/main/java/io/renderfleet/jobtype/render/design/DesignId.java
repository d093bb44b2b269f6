package io.renderfleet.jobtype.render.design;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Pattern;

/**
 * The id under which a design is stored, chosen by the client that uploads it.
 *
 * @param value 1 to 128 characters of {@code [A-Za-z0-9._-]}
 */
public record DesignId(@JsonValue String value) {
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9._-]{1,128}");

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public DesignId {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException("a design id must be 1 to 128 of A-Z a-z 0-9 . _ -");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
