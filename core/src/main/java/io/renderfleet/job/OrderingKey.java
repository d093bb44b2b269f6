package io.renderfleet.job;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * What jobs that must run one after another have in common.
 *
 * @param value 1 to 128 printable characters
 */
public record OrderingKey(@JsonValue String value) {

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public OrderingKey {
        Printable.require("an ordering key", value, 128);
    }

    /**
     * The key as one user's: two users' keys are two, whatever they are called. No printable text holds the character
     * between them, so no two pairs make one text.
     */
    public String of(UserId user) {
        return user.value() + '\0' + value;
    }
}
