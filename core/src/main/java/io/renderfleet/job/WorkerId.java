package io.renderfleet.job;

/**
 * One slot of one worker process in one of its lives: the owner of a lease. A restarted worker is another owner.
 *
 * @param value 1 to 128 printable characters
 */
public record WorkerId(String value) {
    public WorkerId {
        Printable.require("a worker id", value, 128);
    }

    @Override
    public String toString() {
        return value;
    }
}
