package io.renderfleet.api.problem;

import io.swagger.v3.oas.annotations.media.Schema;

/**
 * One thing wrong with one part of a request.
 *
 * @param field where, as a path such as {@code camera.position.x} or {@code regions[1]}; the name of a header or a
 *     query parameter when it is there
 * @param message what is wanted, in words
 */
public record FieldError(
        @Schema(example = "camera.fov") String field,
        @Schema(example = "must be from 1 to 179") String message) {}
