package io.renderfleet.region;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Pattern;

/**
 * An AWS region's code such as {@code us-east-1} or {@code cn-northwest-1}, in any partition.
 *
 * @param value the code; a text of another form is an {@link IllegalArgumentException}
 */
public record RegionId(@JsonValue String value) implements Comparable<RegionId> {
    private static final Pattern FORM = Pattern.compile("[a-z]{2}(-[a-z]{2,12}){1,3}-[0-9]{1,2}");

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public RegionId {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException("'" + value + "' is not an AWS region code such as us-east-1");
        }
    }

    @Override
    public int compareTo(RegionId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
