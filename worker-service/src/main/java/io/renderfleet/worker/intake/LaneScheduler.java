package io.renderfleet.worker.intake;

import io.renderfleet.queue.Lane;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * Whose turn it is among lanes that have work, so that over time each takes messages in proportion to its weight and
 * none waits for ever. Pure: every answer is a new value.
 *
 * <p>This is stride scheduling (C. Waldspurger, W. Weihl, "Stride Scheduling: Deterministic Proportional-Share Resource
 * Management", MIT 1995). A lane's pass moves on by its stride, one over its weight, for each message that it gives;
 * the lane with the lowest pass is next. A lane that wakes up starts at the global pass: it has its turn soon, and no
 * credit for having slept.
 *
 * @param strides what a message costs each lane
 * @param passes how far each lane is
 * @param awake the lanes that had work at the last turn
 * @param globalPass how far the lane of the last turn was: where one that wakes up starts
 */
record LaneScheduler(Map<Lane, Long> strides, Map<Lane, Long> passes, Set<Lane> awake, long globalPass) {
    /** The stride of weight 1. Divides by any sensible weight with little rest, and counts for 10^12 messages. */
    private static final long UNIT = 1L << 20;

    LaneScheduler {
        strides = Map.copyOf(strides);
        passes = Map.copyOf(passes);
        awake = Set.copyOf(awake);
    }

    /** Nobody has taken anything yet. */
    static LaneScheduler of(Map<Lane, Integer> weights) {
        Map<Lane, Long> strides = new EnumMap<>(Lane.class);
        Map<Lane, Long> passes = new EnumMap<>(Lane.class);
        weights.forEach((lane, weight) -> {
            strides.put(lane, UNIT / weight);
            passes.put(lane, 0L);
        });
        return new LaneScheduler(strides, passes, Set.of(), 0);
    }

    /** A lane's turn, and the state after it was given. */
    record Turn(Lane lane, LaneScheduler then) {}

    /**
     * The lane to ask next.
     *
     * @param ready the lanes that have or may have work; at least one
     */
    Turn next(Set<Lane> ready) {
        Map<Lane, Long> moved = new EnumMap<>(passes);
        Lane first = null;
        long lowest = Long.MAX_VALUE;
        // In the order of the enum, which decides between equals.
        for (Lane lane : new TreeSet<>(ready)) {
            long pass = startingPass(lane);
            moved.put(lane, pass);
            if (first == null || pass < lowest) {
                first = lane;
                lowest = pass;
            }
        }
        if (first == null) {
            throw new IllegalArgumentException("a turn needs a lane that may have work");
        }
        return new Turn(first, new LaneScheduler(strides, moved, ready, Math.max(globalPass, lowest)));
    }

    /**
     * What a lane owes for messages.
     *
     * @param messages taken; negative to give back what it was charged for and did not take
     */
    LaneScheduler charged(Lane lane, int messages) {
        if (messages == 0) {
            return this;
        }
        Map<Lane, Long> moved = new EnumMap<>(passes);
        long from = messages > 0 ? startingPass(lane) : pass(lane);
        moved.put(lane, from + messages * of(strides, lane));
        return new LaneScheduler(strides, moved, awake, globalPass);
    }

    private long startingPass(Lane lane) {
        return awake.contains(lane) ? pass(lane) : Math.max(pass(lane), globalPass);
    }

    private long pass(Lane lane) {
        return of(passes, lane);
    }

    private static long of(Map<Lane, Long> values, Lane lane) {
        return Objects.requireNonNull(values.get(lane), () -> lane + " is not served here");
    }
}
