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
 * Which lanes to ask for messages, and when. While slots are free and no lane is believed to have work, one long poll
 * is open per lane. While lanes have work, a slot that gets free is filled by a short receive from the lane whose turn
 * it is, and lanes without work are looked at every few seconds.
 *
 * <p>Decides only: it is told what happened, and makes no calls. Times are since the intake's start. Not thread-safe.
 */
final class IntakePlan {
    private static final Duration FOREVER = Duration.ofDays(1);

    private final Map<Lane, LaneOutlook> lanes = new EnumMap<>(Lane.class);
    private final RandomGenerator random;
    private LaneScheduler scheduler;
    private int free;
    private Pause pause = new Pause(Duration.ZERO, false);
    private boolean closed;

    /** @param weights of the lanes to serve */
    IntakePlan(Map<Lane, Integer> weights, int slots, RandomGenerator random) {
        weights.keySet().forEach(lane -> lanes.put(lane, new LaneOutlook()));
        this.scheduler = LaneScheduler.of(weights);
        this.free = slots;
        this.random = random;
    }

    private record Pause(Duration until, boolean hides) {}

    /** The calls to make now. Those for which it keeps slots free must be answered or failed. */
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
            // Charged before it is answered, so that a call at the same time sees whose turn it is then.
            scheduler = turn.then().charged(ask.lane(), ask.max());
            receives.add(ask);
            outlook(ask.lane()).asked(ask);
        }
        if (free > 0) {
            lanes.forEach((lane, outlook) -> {
                if (outlook.isWorthListeningTo(now)) {
                    Receive poll = new Receive(lane, most(lane), true);
                    receives.add(poll);
                    outlook.asked(poll);
                }
            });
        }
        return receives;
    }

    private Set<Lane> worthAsking(Duration now) {
        Set<Lane> ready = EnumSet.noneOf(Lane.class);
        // Without work anywhere, long polls are the better question.
        boolean work = false;
        for (var lane : lanes.entrySet()) {
            if (lane.getValue().isWorthAsking(now)) {
                ready.add(lane.getKey());
                work |= lane.getValue().hasWork();
            }
        }
        return work ? ready : Set.of();
    }

    /** A FIFO receive fills up with messages of one group, of which only the first may run. */
    private int most(Lane lane) {
        return lane.isFifo() ? 1 : Math.min(free, JobQueue.MAX_BATCH);
    }

    /**
     * A call has brought so many messages.
     *
     * @return how many of them have a slot; the rest may get one by {@link #takeSlot}
     */
    int answered(Receive receive, int count, Duration now) {
        outlook(receive.lane()).answered(receive, count > 0, now);
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

    /** A call has failed: its lane alone is left in peace for a while. */
    void failed(Receive receive, Duration now) {
        outlook(receive.lane()).failed(receive, now, random);
        if (!receive.waits()) {
            free += receive.max();
            scheduler = scheduler.charged(receive.lane(), -receive.max());
        }
    }

    /** Gives a slot to a message in hand. False when none is free. */
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

    /** Whether slots are kept free for answers that are yet to come. */
    boolean isAsking() {
        return lanes.values().stream().anyMatch(LaneOutlook::isAsking);
    }

    /** Whether any call is under way. */
    boolean isReceiving() {
        return lanes.values().stream().anyMatch(lane -> lane.isAsking() || lane.isListening());
    }

    /**
     * Takes nothing until then.
     *
     * @param hides whether what arrives meanwhile is hidden until then too, as nobody else could work on it either
     */
    void pause(Duration until, boolean hides) {
        if (until.compareTo(pause.until()) > 0) {
            pause = new Pause(until, hides);
        }
    }

    /** Takes nothing while it is closed. */
    void close(boolean close) {
        closed = close;
    }

    /**
     * For how long messages that arrive now are to be hidden when they are given back; empty when they are welcome.
     */
    Optional<Duration> closedFor(Duration now) {
        if (now.compareTo(pause.until()) < 0) {
            return Optional.of(pause.hides() ? pause.until().minus(now) : Duration.ZERO);
        }
        return closed ? Optional.of(Duration.ZERO) : Optional.empty();
    }

    /** How long there is nothing to do unless something happens. */
    Duration idleFor(Duration now) {
        Duration then = now.plus(FOREVER);
        if (now.compareTo(pause.until()) < 0) {
            then = pause.until();
        } else if (free > 0) {
            for (LaneOutlook lane : lanes.values()) {
                Duration back = lane.notBefore();
                then = back.compareTo(now) > 0 && back.compareTo(then) < 0 ? back : then;
            }
        }
        return then.minus(now);
    }

    private LaneOutlook outlook(Lane lane) {
        LaneOutlook outlook = lanes.get(lane);
        if (outlook == null) {
            throw new IllegalArgumentException("this worker does not serve " + lane);
        }
        return outlook;
    }
}
