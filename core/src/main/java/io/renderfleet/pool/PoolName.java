package io.renderfleet.pool;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Pattern;

/**
 * The name of a pool of workers, which is part of the names of its queues: a lower-case letter, then up to 15 of a-z
 * and 0-9. It has no hyphen, so that a queue's name can be split into its parts.
 */
public record PoolName(@JsonValue String value) {
    private static final Pattern FORM = Pattern.compile("[a-z][a-z0-9]{0,15}");

    @JsonCreator
    public PoolName {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException("A pool's name is a lower-case letter, then up to 15 of a-z and 0-9.");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
