package io.renderfleet.jobtype;

/**
 * What a job made.
 *
 * @param content the result's bytes; not copied
 * @param extension of the result's name, without a dot
 */
@SuppressWarnings("ArrayRecordComponent") // Megabytes, handed over once and never compared.
public record JobOutput(byte[] content, String extension, String contentType) {}
