package io.renderfleet.worker.intake;

import io.renderfleet.queue.JobQueue;
import io.renderfleet.queue.Lane;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Decides which lanes to receive messages from, and when. While slots are free and no lane is known to have work, one
 * long poll per lane is open. While lanes have work, a slot that becomes free is filled by a short receive from the
 * lane that the {@link LaneScheduler} selects, and lanes without work are checked every few seconds.
 *
 * <p>Makes no calls: the intake reports what happened and makes the calls that {@link #next} returns. Times are
 * measured from the intake's start. Not thread-safe.
 */
final class IntakePlan {
    private static final Duration FOREVER = Duration.ofDays(1);

    private final Map<Lane, LaneState> lanes = new EnumMap<>(Lane.class);
    private final RandomGenerator random;
    private LaneScheduler scheduler;
    private int free;
    private Pause pause = new Pause(Duration.ZERO, false);
    private boolean closed;

    /** @param weights the weight of each lane to serve */
    IntakePlan(Map<Lane, Integer> weights, int slots, RandomGenerator random) {
        weights.keySet().forEach(lane -> lanes.put(lane, new LaneState()));
        this.scheduler = LaneScheduler.of(weights);
        this.free = slots;
        this.random = random;
    }

    private record Pause(Duration until, boolean hides) {}

    /** The calls to make now. The plan must be told how each ends, by {@link #answered} or {@link #failed}. */
    List<Receive> next(Duration now) {
        List<Receive> receives = new ArrayList<>();
        if (closedFor(now).isPresent()) {
            return receives;
        }
        while (free > 0) {
            Set<Lane> ready = worthAsking(now);
            if (ready.isEmpty()) {
                break;
            }
            LaneScheduler.Turn turn = scheduler.next(ready);
            Receive ask = new Receive(turn.lane(), most(turn.lane()), false);
            free -= ask.max();
            // Charged before the response, so that concurrent calls are shared among the lanes too.
            scheduler = turn.then().charged(ask.lane(), ask.max());
            receives.add(ask);
            state(ask.lane()).asked(ask);
        }
        if (free > 0) {
            lanes.forEach((lane, state) -> {
                if (state.isWorthListeningTo(now)) {
                    Receive poll = new Receive(lane, most(lane), true);
                    receives.add(poll);
                    state.asked(poll);
                }
            });
        }
        return receives;
    }

    private Set<Lane> worthAsking(Duration now) {
        Set<Lane> ready = EnumSet.noneOf(Lane.class);
        // If no lane has work, long polls are cheaper.
        boolean work = false;
        for (var lane : lanes.entrySet()) {
            if (lane.getValue().isWorthAsking(now)) {
                ready.add(lane.getKey());
                work |= lane.getValue().hasWork();
            }
        }
        return work ? ready : Set.of();
    }

    /** One for FIFO lanes, because a receive may return messages of one group, of which only the first can run. */
    private int most(Lane lane) {
        return lane.isFifo() ? 1 : Math.min(free, JobQueue.MAX_BATCH);
    }

    /**
     * Records the number of messages that a call returned.
     *
     * @return how many of them have a slot; {@link #takeSlot} may provide slots for the others
     */
    int answered(Receive receive, int count, Duration now) {
        state(receive.lane()).answered(receive, count > 0, now);
        if (!receive.waits()) {
            free += receive.max() - count;
            scheduler = scheduler.charged(receive.lane(), count - receive.max());
            return count;
        }
        int granted = Math.min(free, count);
        free -= granted;
        scheduler = scheduler.charged(receive.lane(), granted);
        return granted;
    }

    /** Records a failed call. Only the lane of the call backs off. */
    void failed(Receive receive, Duration now) {
        state(receive.lane()).failed(receive, now, random);
        if (!receive.waits()) {
            free += receive.max();
            scheduler = scheduler.charged(receive.lane(), -receive.max());
        }
    }

    /** Assigns a slot to a received message; false if none is free. */
    boolean takeSlot(Lane lane) {
        if (free == 0) {
            return false;
        }
        free--;
        scheduler = scheduler.charged(lane, 1);
        return true;
    }

    void slotFreed() {
        free++;
    }

    /** Whether slots are reserved for calls that have not returned. */
    boolean isAsking() {
        return lanes.values().stream().anyMatch(LaneState::isAsking);
    }

    /** Whether any call has not returned. */
    boolean isReceiving() {
        return lanes.values().stream().anyMatch(lane -> lane.isAsking() || lane.isListening());
    }

    /**
     * Receives no messages until the given time.
     *
     * @param hides whether messages that arrive before are hidden until then, because no other worker can run their
     *     jobs either
     */
    void pause(Duration until, boolean hides) {
        if (until.compareTo(pause.until()) > 0) {
            pause = new Pause(until, hides);
        }
    }

    /** Receives no messages while closed. */
    void close(boolean close) {
        closed = close;
    }

    /** The delay with which to defer messages that arrive now; empty if they can be run. */
    Optional<Duration> closedFor(Duration now) {
        if (now.compareTo(pause.until()) < 0) {
            return Optional.of(pause.hides() ? pause.until().minus(now) : Duration.ZERO);
        }
        return closed ? Optional.of(Duration.ZERO) : Optional.empty();
    }

    /** How long {@link #next} has no calls, unless something happens before. */
    Duration idleFor(Duration now) {
        Duration then = now.plus(FOREVER);
        if (now.compareTo(pause.until()) < 0) {
            then = pause.until();
        } else if (free > 0) {
            for (LaneState lane : lanes.values()) {
                Duration back = lane.notBefore();
                then = back.compareTo(now) > 0 && back.compareTo(then) < 0 ? back : then;
            }
        }
        return then.minus(now);
    }

    private LaneState state(Lane lane) {
        LaneState state = lanes.get(lane);
        if (state == null) {
            throw new IllegalArgumentException("this worker does not serve " + lane);
        }
        return state;
    }
}
