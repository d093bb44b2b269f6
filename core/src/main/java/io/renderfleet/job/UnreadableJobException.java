package io.renderfleet.job;

/**
 * A job's item cannot be read, usually because a newer version wrote it. The job must be left to a service that can
 * read it.
 */
public final class UnreadableJobException extends RuntimeException {
    /** @param job the key of the item, which may not be a valid id */
    UnreadableJobException(String job, RuntimeException cause) {
        super("Job " + job + " cannot be read: " + cause.getMessage(), cause);
    }
}
