package io.renderfleet.job;

/** A job's item cannot be read: a newer version wrote it. Whoever finds it leaves it to those who can. */
public final class UnreadableJobException extends RuntimeException {
    UnreadableJobException(JobId job, RuntimeException cause) {
        super("job " + job + " cannot be read: " + cause.getMessage(), cause);
    }
}
