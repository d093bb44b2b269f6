package io.renderfleet.job;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * The user that a job belongs to.
 *
 * @param value 1 to 128 printable characters
 */
public record UserId(@JsonValue String value) {

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public UserId {
        Printable.require("a user id", value, 128);
    }

    @Override
    public String toString() {
        return value;
    }
}
