package io.renderfleet.pool;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A pool of workers. The job types of a pool have their own queues and slots, so that a pool whose slots are all busy
 * never delays another pool. In a setting it is written {@code name=kind} or {@code name=kind:slots}, such as
 * {@code render=cpu} or {@code chat=io:64}.
 *
 * @param slots the number of jobs that a worker runs at a time, 1 to {@link #MAX_SLOTS}; 0 for the default of the kind
 */
public record Pool(PoolName name, Kind kind, int slots) {
    /** The most slots of a pool in one worker. */
    public static final int MAX_SLOTS = 1000;

    private static final int USUAL_IO_SLOTS = 32;
    private static final Pattern FORM =
            Pattern.compile("\\s*([^=:\\s]+)\\s*=\\s*(cpu|io)\\s*(?::\\s*([0-9]{1,4})\\s*)?");

    public Pool {
        if (slots < 0 || slots > MAX_SLOTS) {
            throw new IllegalArgumentException("The slots of pool " + name + " must be 1 to " + MAX_SLOTS
                    + ", or 0 for the default number, not " + slots);
        }
    }

    /** Whether the jobs of a pool compute or wait most of the time. */
    public enum Kind {
        /** Jobs that compute: by default one slot for each core, each on a platform thread. */
        CPU,
        /** Jobs that wait for other services: by default 32 slots, each on a virtual thread. */
        IO
    }

    /**
     * Reads {@code name=kind} or {@code name=kind:slots}.
     *
     * @throws IllegalArgumentException when the text does not have this form
     */
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

    /** The number of jobs that a worker with this number of cores runs at a time. */
    public int slotsOn(int cores) {
        if (slots > 0) {
            return slots;
        }
        return switch (kind) {
            case CPU -> cores;
            case IO -> USUAL_IO_SLOTS;
        };
    }

    /** The form that {@link #of} reads. */
    @Override
    public String toString() {
        return name + "=" + kind.name().toLowerCase(Locale.ROOT) + (slots == 0 ? "" : ":" + slots);
    }
}
