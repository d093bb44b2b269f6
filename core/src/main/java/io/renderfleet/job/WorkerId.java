package io.renderfleet.job;

/**
 * The id of one worker process, which owns leases. A restarted worker has another id.
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
