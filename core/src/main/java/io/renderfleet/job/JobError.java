package io.renderfleet.job;

/**
 * The reason why a job or an attempt failed.
 *
 * @param code a stable code in kebab case, for programs
 * @param message for the user: the reason, and what to do about it; a longer one is truncated to {@value #MAX_MESSAGE}
 *     characters
 */
public record JobError(String code, String message) {
    /** Limits the size of an item with several failed attempts to a few kilobytes. */
    static final int MAX_MESSAGE = 500;

    public JobError {
        if (message.length() > MAX_MESSAGE) {
            message = message.substring(0, MAX_MESSAGE - 1) + "…";
        }
    }
}
