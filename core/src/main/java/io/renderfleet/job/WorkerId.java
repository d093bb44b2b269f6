package io.renderfleet.job;

/**
 * One worker process in one of its lives: the owner of leases. A restarted worker is another owner.
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
