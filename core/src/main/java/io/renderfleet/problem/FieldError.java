package io.renderfleet.problem;

/**
 * One thing wrong with one part of a request.
 *
 * @param field where, as a path such as {@code camera.position.x} or {@code regions[1]}; the name of a header or a
 *     query parameter when it is there
 * @param message what is wanted, in words
 */
public record FieldError(String field, String message) {}
