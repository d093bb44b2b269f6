package io.renderfleet.job;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * A text that jobs have in common which must run one after another.
 *
 * @param value 1 to 128 printable characters
 */
public record OrderingKey(@JsonValue String value) {

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public OrderingKey {
        Printable.require("an ordering key", value, 128);
    }

    /**
     * A text that identifies the key of this user. Keys of two users are always different. The separator is not a
     * printable character, so that no two pairs give the same text.
     */
    public String of(UserId user) {
        return user.value() + '\0' + value;
    }
}
