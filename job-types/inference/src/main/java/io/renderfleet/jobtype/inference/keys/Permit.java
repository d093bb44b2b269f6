package io.renderfleet.jobtype.inference.keys;

/**
 * The right to make one call with one key. Its holder must end it however the call ends, and within the call's own
 * time limit; until then it counts as a call in progress of its key and domain.
 *
 * <p>Thread-safe.
 */
public interface Permit {
    KeyId key();

    DomainName domain();

    /** The secret when the permit was taken; a later rotation does not change it. */
    Secret secret();

    /** Ends the call. The first call of this method has an effect, further ones have none. */
    void end(CallOutcome outcome);
}
