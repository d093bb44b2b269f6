package io.renderfleet.jobtype.inference.keys;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A change of a key or quota domain that other processes need to know. To merge it again changes nothing. It contains no
 * secret.
 */
public sealed interface Transition {

    /** When it was seen, by the clock of the process that saw it. */
    Instant at();

    /** The cause, for operators. */
    String why();

    /**
     * A quota domain cools down. Only a later end replaces an earlier one.
     *
     * @param trips the number of cool-downs without a full recovery in between, 1 or more
     */
    record DomainCooling(DomainName domain, Instant until, int trips, Instant at, String why) implements Transition {}

    /**
     * A call has shown that a quota domain can be used again after a cool-down.
     *
     * @param until the end of the cool-down; a later cool-down goes on
     */
    record DomainRecovered(DomainName domain, Instant until, Instant at, String why) implements Transition {}

    /**
     * A key has a new state. EXHAUSTED keeps the latest end. ACTIVE (an operator enabled the key), DISABLED and DRAINING
     * replace each other by their time. ACTIVE also ends an earlier EXHAUSTED or INVALID.
     *
     * @param state one of EXHAUSTED, INVALID, ACTIVE, DISABLED and DRAINING
     * @param until when EXHAUSTED ends; null for other states
     * @param times how often the key was EXHAUSTED without a success in between; 0 for other states
     */
    record KeyChanged(KeyId key, KeyState state, @Nullable Instant until, int times, Instant at, String why)
            implements Transition {}
}
