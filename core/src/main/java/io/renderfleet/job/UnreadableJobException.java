package io.renderfleet.job;

/**
 * A job's item cannot be read, in the usual case because a newer version wrote it. Whoever finds it leaves it to those who
 * can read it.
 */
public final class UnreadableJobException extends RuntimeException {
    /** @param job its key, which may be no valid id either */
    UnreadableJobException(String job, RuntimeException cause) {
        super("job " + job + " cannot be read: " + cause.getMessage(), cause);
    }
}
