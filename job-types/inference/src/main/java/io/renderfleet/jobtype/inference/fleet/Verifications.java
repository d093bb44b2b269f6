package io.renderfleet.jobtype.inference.fleet;

import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromBool;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromS;

import io.renderfleet.jobtype.inference.keys.CallOutcome;
import io.renderfleet.jobtype.inference.keys.KeyId;
import io.renderfleet.jobtype.inference.keys.KeyPool;
import io.renderfleet.jobtype.inference.keys.KeyView;
import io.renderfleet.jobtype.inference.keys.Permit;
import io.renderfleet.jobtype.inference.model.ModelClient;
import io.renderfleet.jobtype.inference.model.Provider;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Makes the calls by which operators verify keys. One worker makes the call of a key, with a permit of its quota domain, and
 * writes the outcome into the item of the pool. A request that no worker has taken within five minutes is forgotten.
 */
final class Verifications {
    private static final Logger log = LoggerFactory.getLogger(Verifications.class);
    private static final Duration VALID = Duration.ofMinutes(5);
    private static final Duration PERMIT_WAIT = Duration.ofSeconds(10);
    private static final Duration PERMIT_CHECK = Duration.ofMillis(100);

    private final KeyPool keys;
    private final SharedStates states;
    private final ModelClient client;
    private final Provider provider;
    private final String worker;
    private final Executor threads;
    private final InstantSource clock;

    Verifications(
            KeyPool keys,
            SharedStates states,
            ModelClient client,
            Provider provider,
            String worker,
            Executor threads,
            InstantSource clock) {
        this.keys = keys;
        this.states = states;
        this.client = client;
        this.provider = provider;
        this.worker = worker;
        this.threads = threads;
        this.clock = clock;
    }

    /** Starts the calls that operators asked for and no other worker makes. */
    void turn() {
        Instant oldest = clock.instant().minus(VALID);
        for (KeyView key : keys.keys()) {
            Map<String, AttributeValue> fact =
                    states.fact(SharedStates.VERIFY, key.id().value());
            AttributeValue requestedAt = fact.get(SharedStates.REQUESTED_AT);
            if (requestedAt != null
                    && !fact.containsKey(SharedStates.BY)
                    && FleetItems.time(fact, SharedStates.REQUESTED_AT).isAfter(oldest)
                    && states.claimVerification(key.id(), worker, requestedAt)) {
                threads.execute(() -> verify(key.id()));
            }
        }
    }

    private void verify(KeyId key) {
        try {
            Optional<Permit> permit = permit(key);
            if (permit.isEmpty()) {
                write(
                        key,
                        false,
                        "The quota domain had no capacity for the call within 10 seconds; verify again",
                        null);
                return;
            }
            CallOutcome outcome = new CallOutcome.Abandoned();
            try {
                if (PoolSecrets.isUnread(permit.get().secret())) {
                    write(key, false, "The worker cannot read the secret; why is in the state of the key", null);
                    return;
                }
                KeyVerification call =
                        KeyVerification.call(client, provider, permit.get().secret());
                outcome = call.reply().outcome();
                write(key, call.isAccepted(), call.why(), call.latency());
            } finally {
                permit.get().end(outcome);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            log.warn("The outcome of the verification of the key {} could not be stored; verify it again", key, e);
        }
    }

    private Optional<Permit> permit(KeyId key) throws InterruptedException {
        Instant end = clock.instant().plus(PERMIT_WAIT);
        Optional<Permit> permit = keys.acquireForTest(key);
        while (permit.isEmpty() && clock.instant().isBefore(end)) {
            Thread.sleep(PERMIT_CHECK);
            permit = keys.acquireForTest(key);
        }
        return permit;
    }

    private void write(KeyId key, boolean ok, String why, @Nullable Duration latency) {
        states.verified(
                key,
                worker,
                Map.of(
                        SharedStates.AT,
                        FleetItems.time(clock.instant()),
                        SharedStates.OK,
                        fromBool(ok),
                        SharedStates.WHY,
                        fromS(why),
                        "latencyMs",
                        FleetItems.number(latency == null ? 0 : latency.toMillis())));
        log.info("Verified the key {}: {}", key, why);
    }
}
