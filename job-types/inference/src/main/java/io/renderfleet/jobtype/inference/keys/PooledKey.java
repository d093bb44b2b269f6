package io.renderfleet.jobtype.inference.keys;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A key in this process: its state, its secret and its statistics. Guarded by the lock of the pool. */
final class PooledKey {
    /** How long a key waits for its secret to be read again before it is INVALID. */
    private static final Duration REREAD_TIME = Duration.ofSeconds(30);

    private enum SecretState {
        ACCEPTED,
        /** The provider refused it, and it is to be read again. */
        REFUSED,
        /** It was read again and has changed. If the provider refuses it too, the key is INVALID. */
        READ_AGAIN,
        INVALID
    }

    final KeyId id;
    final QuotaDomain domain;
    final int weight;
    final CallWindow window;
    /** EXHAUSTED is a recovery of the key; COOLING is one of its domain. */
    final Recovery exhaustion;

    private final PoolTime time;
    private Secret secret;
    private SecretState secretState = SecretState.ACCEPTED;
    private Instant rereadBy = Instant.MIN;
    private KeyState operatorState = KeyState.ACTIVE;
    private Instant operatorAt = Instant.MIN;
    /** When an operator or another secret made what was known about the key obsolete. */
    private Instant clearedAt = Instant.MIN;

    private int exhaustions;
    private String secretWhy = "";
    private String exhaustedWhy = "";
    private String operatorWhy = "";
    private int inUse;
    private long calls;
    private long lastCall;

    PooledKey(KeyPoolSettings.KeySettings settings, QuotaDomain domain, PoolTime time) {
        this.id = settings.id();
        this.weight = settings.weight();
        this.secret = settings.secret();
        this.domain = domain;
        this.time = time;
        this.window = new CallWindow(time);
        this.exhaustion = new Recovery(time, domain::callInProgress);
    }

    Secret secret() {
        return secret;
    }

    int inUse() {
        return inUse;
    }

    /** The number of its latest call in the pool, 0 if there was none. */
    long lastCall() {
        return lastCall;
    }

    /** Whether no time ends the state, so that only an operator or another secret can. */
    boolean needsOperator() {
        return operatorState != KeyState.ACTIVE || (isSecretBad() && !isSecretToBeRead());
    }

    private boolean isSecretBad() {
        return secretState == SecretState.INVALID || secretState == SecretState.REFUSED;
    }

    boolean isSecretToBeRead() {
        return secretState == SecretState.REFUSED && rereadBy.isAfter(time.now());
    }

    /** How long until the key itself can be used, in nanoseconds, 0 if at once. Not for keys that need an operator. */
    long waitNanos() {
        return Math.max(isSecretToBeRead() ? time.nanosUntil(rereadBy) : 0, exhaustion.waitNanos());
    }

    void began(CallPermit call) {
        inUse++;
        calls++;
        lastCall = call.number();
        exhaustion.began(call);
    }

    void ended() {
        inUse--;
    }

    void succeeded(CallPermit call, CallOutcome.Succeeded outcome) {
        window.succeeded(outcome.latency());
        if (!exhaustion.isOlder(call)) {
            exhaustion.succeeded(call);
            exhaustions = 0;
        }
        if (secretState == SecretState.READ_AGAIN && call.secret().equals(secret)) {
            secretState = SecretState.ACCEPTED;
        }
    }

    /** Returns the transition, or null if the call began before the quota was known to be used up. */
    @Nullable
    Transition quotaExhausted(CallPermit call, long latestCall) {
        if (exhaustion.isOlder(call)) {
            return null;
        }
        exhaustions++;
        Instant until = time.in(CoolDownRule.exhaustion(exhaustions));
        exhaustedWhy = "The quota or credit is used up; refusals since the last success: " + exhaustions;
        exhaustion.closeUntil(until, latestCall);
        return new Transition.KeyChanged(id, KeyState.EXHAUSTED, until, exhaustions, time.now(), exhaustedWhy);
    }

    /** Returns the transition if the key is INVALID now, otherwise null. */
    @Nullable
    Transition unauthorized(CallPermit call) {
        if (!call.secret().equals(secret) || isSecretBad()) {
            return null;
        }
        if (secretState == SecretState.ACCEPTED) {
            secretState = SecretState.REFUSED;
            rereadBy = time.now().plus(REREAD_TIME);
            secretWhy = "The provider refused the secret, which must be read again";
            return null;
        }
        return invalid("The provider refused the secret, also after it was read again");
    }

    private Transition invalid(String why) {
        secretState = SecretState.INVALID;
        secretWhy = why;
        return new Transition.KeyChanged(id, KeyState.INVALID, null, 0, time.now(), why);
    }

    /** Returns the transition if the key is INVALID now, otherwise null. */
    @Nullable
    Transition rotate(Secret newSecret) {
        if (newSecret.equals(secret)) {
            return secretState == SecretState.REFUSED
                    ? invalid("The provider refused the secret, and it was the same when it was read again")
                    : null;
        }
        secret = newSecret;
        secretState = secretState == SecretState.REFUSED ? SecretState.READ_AGAIN : SecretState.ACCEPTED;
        clearedAt = time.now();
        return null;
    }

    Transition operate(KeyState state) {
        String why = switch (state) {
            case DISABLED -> "Disabled by an operator";
            case DRAINING -> "Drained by an operator";
            default -> "Enabled by an operator";
        };
        applyOperator(state, time.now(), why);
        return new Transition.KeyChanged(id, state, null, 0, time.now(), why);
    }

    private void applyOperator(KeyState state, Instant at, String why) {
        operatorState = state;
        operatorAt = at;
        operatorWhy = why;
        if (state == KeyState.ACTIVE) {
            clearedAt = at;
            secretState = SecretState.ACCEPTED;
            exhaustions = 0;
            exhaustion.reopen();
        }
    }

    /** Another process saw a change. */
    void merge(Transition.KeyChanged seen, long latestCall) {
        switch (seen.state()) {
            case ACTIVE, DISABLED, DRAINING -> {
                if (seen.at().isAfter(operatorAt)) {
                    applyOperator(seen.state(), seen.at(), seen.why());
                }
            }
            case INVALID -> {
                if (seen.at().isAfter(clearedAt)) {
                    secretState = SecretState.INVALID;
                    secretWhy = seen.why();
                }
            }
            case EXHAUSTED -> mergeExhausted(seen, latestCall);
            case COOLING, PROBING -> throw new IllegalArgumentException(seen.state() + " is no state that keys share");
        }
    }

    private void mergeExhausted(Transition.KeyChanged seen, long latestCall) {
        Instant until = seen.until();
        Instant known = exhaustion.until();
        if (until != null
                && until.isAfter(time.now())
                && seen.at().isAfter(clearedAt)
                && (known == null || until.isAfter(known))) {
            exhaustions = Math.max(exhaustions, seen.times());
            exhaustedWhy = seen.why();
            exhaustion.closeUntil(until, latestCall);
        }
    }

    KeyView view() {
        KeyState state = state();
        Instant until = switch (state) {
            case INVALID -> isSecretToBeRead() ? rereadBy : null;
            case EXHAUSTED -> exhaustion.until();
            case COOLING -> domain.recovery.until();
            case ACTIVE, PROBING, DISABLED, DRAINING -> null;
        };
        String why = switch (state) {
            case DISABLED, DRAINING -> operatorWhy;
            case INVALID -> secretWhy;
            case EXHAUSTED -> exhaustedWhy;
            case COOLING -> domain.why();
            case PROBING -> exhaustion.isProbing() ? exhaustedWhy : domain.why();
            case ACTIVE -> "";
        };
        return new KeyView(
                id,
                domain.name,
                weight,
                secret.last4(),
                state,
                until,
                why,
                inUse,
                calls,
                window.successRate(),
                window.averageLatency());
    }

    private KeyState state() {
        if (operatorState == KeyState.DISABLED) {
            return KeyState.DISABLED;
        }
        if (isSecretBad()) {
            return KeyState.INVALID;
        }
        if (operatorState == KeyState.DRAINING) {
            return KeyState.DRAINING;
        }
        if (exhaustion.until() != null) {
            return KeyState.EXHAUSTED;
        }
        if (domain.recovery.until() != null) {
            return KeyState.COOLING;
        }
        return exhaustion.isProbing() || domain.recovery.isProbing() ? KeyState.PROBING : KeyState.ACTIVE;
    }
}
