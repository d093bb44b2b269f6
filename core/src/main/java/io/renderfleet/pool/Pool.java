package io.renderfleet.pool;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A pool of workers: the job types that belong to it have queues and slots of their own, so that a pool whose slots are
 * all busy never delays another one. As a setting it is written {@code name=kind} or {@code name=kind:slots}, such as
 * {@code render=cpu} or {@code chat=io:64}: one value that fits in an environment variable.
 *
 * @param slots jobs that a worker runs at a time, 1 to {@link #MAX_SLOTS}; 0 for what is usual for the kind
 */
public record Pool(PoolName name, Kind kind, int slots) {
    /** The most slots of one worker. */
    public static final int MAX_SLOTS = 1000;

    private static final int USUAL_IO_SLOTS = 32;
    private static final Pattern FORM =
            Pattern.compile("\\s*([^=:\\s]+)\\s*=\\s*(cpu|io)\\s*(?::\\s*([0-9]{1,4})\\s*)?");

    public Pool {
        if (slots < 0 || slots > MAX_SLOTS) {
            throw new IllegalArgumentException("the slots of pool " + name + " must be 1 to " + MAX_SLOTS
                    + ", or 0 for the usual number, not " + slots);
        }
    }

    /** What the jobs of a pool do most of the time. */
    public enum Kind {
        /** They compute: usually one slot for each core, and each runs on a platform thread. */
        CPU,
        /** They wait for other services: usually 32 slots, and each runs on a virtual thread. */
        IO
    }

    /** Reads {@code name=kind} or {@code name=kind:slots}; {@link IllegalArgumentException} for anything else. */
    public static Pool of(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + text
                    + "' does not describe a pool: write name=cpu, name=io or name=io:slots, such as render=cpu");
        }
        return new Pool(
                new PoolName(matcher.group(1)),
                Kind.valueOf(matcher.group(2).toUpperCase(Locale.ROOT)),
                matcher.group(3) == null ? 0 : Integer.parseInt(matcher.group(3)));
    }

    /** How many jobs a worker with so many cores runs at a time. */
    public int slotsOn(int cores) {
        if (slots > 0) {
            return slots;
        }
        return switch (kind) {
            case CPU -> cores;
            case IO -> USUAL_IO_SLOTS;
        };
    }

    /** As {@link #of} reads it. */
    @Override
    public String toString() {
        return name + "=" + kind.name().toLowerCase(Locale.ROOT) + (slots == 0 ? "" : ":" + slots);
    }
}
