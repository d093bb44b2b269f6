package io.renderfleet.jobtype.render.design;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link ValidationProcess} writes about a file: one line of JSON.
 *
 * @param contents the properties of a valid file; null if it is invalid
 * @param code the kebab-case name of the fault; null if the file is valid
 * @param message what is wrong with the file, for its author; null if the file is valid
 */
record ValidationAnswer(
        Design.@Nullable Contents contents,
        @Nullable String code,
        @Nullable String message) {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    static ValidationAnswer valid(Design.Contents contents) {
        return new ValidationAnswer(contents, null, null);
    }

    static ValidationAnswer invalid(String code, @Nullable String message) {
        return new ValidationAnswer(null, code, message == null ? "The file is not a valid glTF 2.0 file." : message);
    }

    /** Reads a line; {@link JsonProcessingException} if it is not an answer. */
    static ValidationAnswer read(String line) throws JsonProcessingException {
        return JSON.readValue(line, ValidationAnswer.class);
    }

    /** The answer as one line, without the line's end. */
    String line() throws JsonProcessingException {
        return JSON.writeValueAsString(this);
    }
}
