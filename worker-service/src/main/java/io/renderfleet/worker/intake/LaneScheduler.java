package io.renderfleet.worker.intake;

import io.renderfleet.queue.Lane;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * Selects the next lane to receive from, so that lanes that have work receive messages in proportion to their weights
 * and no lane starves. Immutable: each operation returns a new scheduler.
 *
 * <p>This is stride scheduling (C. Waldspurger, W. Weihl, "Stride Scheduling: Deterministic Proportional-Share Resource
 * Management", MIT 1995). A lane's pass grows by its stride, the reciprocal of its weight, with each message received
 * from it; the lane with the lowest pass is next. A lane that has work again after a time without starts at the global
 * pass, so that it is selected soon but has no credit for the time without work.
 *
 * @param strides the amount by which a message increases the pass of its lane
 * @param passes the pass of each lane
 * @param active the lanes that had work at the last turn
 * @param globalPass the pass of the lane of the last turn
 */
record LaneScheduler(Map<Lane, Long> strides, Map<Lane, Long> passes, Set<Lane> active, long globalPass) {
    /**
     * The stride of weight 1: large enough to divide by any weight with little rounding, and enough for 10^12 messages.
     */
    private static final long UNIT = 1L << 20;

    LaneScheduler {
        strides = Map.copyOf(strides);
        passes = Map.copyOf(passes);
        active = Set.copyOf(active);
    }

    /** A scheduler at its start: all passes are zero. */
    static LaneScheduler of(Map<Lane, Integer> weights) {
        Map<Lane, Long> strides = new EnumMap<>(Lane.class);
        Map<Lane, Long> passes = new EnumMap<>(Lane.class);
        weights.forEach((lane, weight) -> {
            strides.put(lane, UNIT / weight);
            passes.put(lane, 0L);
        });
        return new LaneScheduler(strides, passes, Set.of(), 0);
    }

    /** The selected lane, and the scheduler to use next. */
    record Turn(Lane lane, LaneScheduler then) {}

    /**
     * Selects the next lane.
     *
     * @param ready the lanes that have or may have work; at least one
     */
    Turn next(Set<Lane> ready) {
        Map<Lane, Long> moved = new EnumMap<>(passes);
        Lane first = null;
        long lowest = Long.MAX_VALUE;
        // In the order of the enum, which decides between lanes with the same pass.
        for (Lane lane : new TreeSet<>(ready)) {
            long pass = startingPass(lane);
            moved.put(lane, pass);
            if (first == null || pass < lowest) {
                first = lane;
                lowest = pass;
            }
        }
        if (first == null) {
            throw new IllegalArgumentException("at least one lane must be ready");
        }
        return new Turn(first, new LaneScheduler(strides, moved, ready, Math.max(globalPass, lowest)));
    }

    /**
     * Charges a lane for messages.
     *
     * @param messages the number of messages; negative to refund messages that were charged and not received
     */
    LaneScheduler charged(Lane lane, int messages) {
        if (messages == 0) {
            return this;
        }
        Map<Lane, Long> moved = new EnumMap<>(passes);
        long from = messages > 0 ? startingPass(lane) : pass(lane);
        moved.put(lane, from + messages * of(strides, lane));
        return new LaneScheduler(strides, moved, active, globalPass);
    }

    private long startingPass(Lane lane) {
        return active.contains(lane) ? pass(lane) : Math.max(pass(lane), globalPass);
    }

    private long pass(Lane lane) {
        return of(passes, lane);
    }

    private static long of(Map<Lane, Long> values, Lane lane) {
        return Objects.requireNonNull(values.get(lane), () -> lane + " is not served here");
    }
}
