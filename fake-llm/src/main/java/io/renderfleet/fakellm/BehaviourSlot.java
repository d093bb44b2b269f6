package io.renderfleet.fakellm;

import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/** The behaviour of a key or of a domain, which ends after its number of calls or its time. Thread-safe. */
final class BehaviourSlot {
    private final LongSupplier nanoTime;
    private Behaviour behaviour = Behaviour.OK;
    private long since;
    private int taken;

    BehaviourSlot(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    synchronized void set(Behaviour next) {
        behaviour = next;
        since = nanoTime.getAsLong();
        taken = 0;
    }

    /** The behaviour that the next call will get. */
    synchronized Behaviour current() {
        boolean over = behaviour.calls().filter(calls -> taken >= calls).isPresent()
                || behaviour
                        .time()
                        .filter(time -> nanoTime.getAsLong() - since >= time.toNanos())
                        .isPresent();
        if (over) {
            behaviour = Behaviour.OK;
        }
        return behaviour;
    }

    /** The behaviour for a call, if it is not OK and the call wants it. Counts as one of the behaviour's calls. */
    synchronized Optional<Behaviour> take(Predicate<Behaviour.Kind> wanted) {
        Behaviour next = current();
        if (next.kind() == Behaviour.Kind.OK || !wanted.test(next.kind())) {
            return Optional.empty();
        }
        taken++;
        return Optional.of(next);
    }
}
