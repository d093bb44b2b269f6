package io.renderfleet.jobtype;

import java.nio.file.Path;

/**
 * What a job made: a file, usually in {@link JobAttempt#scratch}, so that nothing needs the whole of it in memory.
 *
 * @param file is read once the runner has returned
 * @param extension of the result's name, without a dot
 */
public record JobOutput(Path file, String extension, String contentType) {}
