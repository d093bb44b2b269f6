package io.renderfleet.job;

/**
 * Why a job or an attempt failed.
 *
 * @param code stable, kebab-case, for programs
 * @param message for the user: what is wrong and what to do about it; longer ones are cut to {@value #MAX_MESSAGE}
 */
public record JobError(String code, String message) {
    /** Keeps an item with several failed attempts within a few kilobytes. */
    static final int MAX_MESSAGE = 500;

    public JobError {
        if (message.length() > MAX_MESSAGE) {
            message = message.substring(0, MAX_MESSAGE - 1) + "…";
        }
    }
}
