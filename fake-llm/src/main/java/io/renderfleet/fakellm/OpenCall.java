package io.renderfleet.fakellm;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A call in progress. Ends once: with the status of its answer, or with 0 when it is closed without one. Used by the
 * thread of the call only.
 */
final class OpenCall implements AutoCloseable {
    private final Journal journal;
    private final Instant at = Instant.now();
    private final long begun = System.nanoTime();
    private Optional<Key> key = Optional.empty();
    private Behaviour.Kind behaviour = Behaviour.Kind.OK;
    private Optional<Limit> violated = Optional.empty();
    private int tokens;
    private boolean entered;
    private boolean ended;

    OpenCall(Journal journal) {
        this.journal = journal;
        journal.begin();
    }

    void hasKey(Key known) {
        key = Optional.of(known);
    }

    void behaves(Behaviour.Kind kind) {
        behaviour = kind;
    }

    /** Enters the key's domain, or is refused. */
    Optional<Domain.Refusal> enter(Domain domain, int callTokens) {
        Optional<Domain.Refusal> refusal = domain.enter(callTokens);
        violated = refusal.map(Domain.Refusal::limit);
        entered = refusal.isEmpty();
        tokens = entered ? callTokens : 0;
        return refusal;
    }

    /** Ends the call. Must come before the last byte of the answer, after which the client may begin the next call. */
    void end(int status) {
        if (ended) {
            return;
        }
        ended = true;
        if (entered) {
            key.ifPresent(known -> known.domain().leave());
        }
        journal.end(new Call(
                at,
                Duration.ofNanos(System.nanoTime() - begun),
                key.map(Key::secret).orElse(""),
                key.map(known -> known.domain().name()).orElse(""),
                status,
                behaviour,
                violated,
                tokens));
    }

    @Override
    public void close() {
        end(0);
    }
}
