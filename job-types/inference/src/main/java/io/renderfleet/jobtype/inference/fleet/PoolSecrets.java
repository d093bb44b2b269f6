package io.renderfleet.jobtype.inference.fleet;

import io.renderfleet.jobtype.inference.fleet.SecretReader.UnreadableSecretException;
import io.renderfleet.jobtype.inference.keys.KeyId;
import io.renderfleet.jobtype.inference.keys.KeyPool;
import io.renderfleet.jobtype.inference.keys.KeyState;
import io.renderfleet.jobtype.inference.keys.KeyView;
import io.renderfleet.jobtype.inference.keys.Secret;
import io.renderfleet.jobtype.inference.keys.Transition;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The secrets of a pool in this process. A secret is read at the start; again when the provider refused it, when an
 * operator rotates it, and every minute while its key is INVALID. A key whose secret cannot be read is INVALID in this
 * process and says why.
 *
 * <p>Reads run on threads of the executor, one at a time for each key. {@link #turn} does not wait for them.
 */
final class PoolSecrets {
    private static final Logger log = LoggerFactory.getLogger(PoolSecrets.class);
    private static final Duration RETRY = Duration.ofMinutes(1);
    /** If the read after a refusal fails, it is tried again this soon, until the key is INVALID. */
    private static final Duration REFUSED_RETRY = Duration.ofSeconds(5);
    /** Stands for a secret that could not be read. It is never sent, because its key is INVALID. */
    private static final Secret UNREAD = Secret.of("a placeholder", "none");

    private final SecretReader reader;
    private final Map<KeyId, String> places = new ConcurrentHashMap<>();
    private final Map<KeyId, String> unread = new ConcurrentHashMap<>();
    private final Map<KeyId, Instant> retryAt = new HashMap<>();
    private final Map<KeyId, Instant> rotatedAt = new HashMap<>();
    private final Map<KeyId, Instant> refusedAt = new HashMap<>();
    private final Set<KeyId> reading = ConcurrentHashMap.newKeySet();
    private final Executor threads;
    private final InstantSource clock;

    PoolSecrets(SecretReader reader, Executor threads, InstantSource clock) {
        this.reader = reader;
        this.threads = threads;
        this.clock = clock;
    }

    /** Reads the secret of a key for the first time; a placeholder if that fails. */
    Secret first(KeyId key, String place) {
        places.put(key, place);
        try {
            return reader.read(named(key), place);
        } catch (UnreadableSecretException e) {
            unread.put(key, String.valueOf(e.getMessage()));
            return UNREAD;
        }
    }

    private static String named(KeyId key) {
        return "the secret of the key " + key;
    }

    /** Whether a secret stands for one that could not be read, and must not be sent. */
    static boolean isUnread(Secret secret) {
        return secret.equals(UNREAD);
    }

    /** Marks the keys without a secret, before the first call. */
    void markUnread(KeyPool keys) {
        unread.forEach((key, why) -> markUnread(keys, key, why));
        unread.clear();
    }

    private void markUnread(KeyPool keys, KeyId key, String why) {
        log.error("A key is INVALID; its secret is read again every minute. {}", why);
        // Only here: another worker may be able to read it.
        keys.merge(List.of(new Transition.KeyChanged(key, KeyState.INVALID, null, 0, clock.instant(), why)));
    }

    /** Starts the reads that are due. */
    void turn(KeyPool keys, SharedStates states) {
        Instant now = clock.instant();
        for (KeyId key : keys.secretsToReadAgain()) {
            if (!refusedAt.getOrDefault(key, Instant.MIN).plus(REFUSED_RETRY).isAfter(now)) {
                refusedAt.put(key, now);
                read(keys, states, key);
            }
        }
        for (KeyView key : keys.keys()) {
            Instant asked =
                    FleetItems.time(states.fact(SharedStates.ROTATE, key.id().value()), SharedStates.AT);
            // What operators asked for before the first turn is contained in the first read.
            Instant done = rotatedAt.putIfAbsent(key.id(), asked);
            boolean rotate = done != null && asked.isAfter(done);
            boolean isInvalid = key.state() == KeyState.INVALID && key.until() == null;
            if (!isInvalid) {
                retryAt.remove(key.id());
            }
            boolean retry = isInvalid
                    && retryAt.computeIfAbsent(key.id(), _ -> now.plus(RETRY)).isBefore(now);
            if (rotate || retry) {
                rotatedAt.put(key.id(), asked);
                retryAt.put(key.id(), now.plus(RETRY));
                read(keys, states, key.id());
            }
        }
    }

    private void read(KeyPool keys, SharedStates states, KeyId key) {
        String place = Objects.requireNonNull(places.get(key));
        if (!reading.add(key)) {
            return;
        }
        threads.execute(() -> {
            try {
                Secret secret = reader.read(named(key), place);
                boolean wasInvalid = isInvalid(keys, key);
                keys.rotate(key, secret);
                if (wasInvalid && !isInvalid(keys, key)) {
                    log.info("The key {} has another secret now and can be used again", key);
                    states.forgetInvalid(key);
                }
            } catch (UnreadableSecretException e) {
                log.warn("A secret cannot be read again; the key keeps the one it has. {}", e.getMessage());
            } catch (RuntimeException e) {
                log.warn("Unexpected error while the secret of the key {} was read again", key, e);
            } finally {
                reading.remove(key);
            }
        });
    }

    private static boolean isInvalid(KeyPool keys, KeyId key) {
        return keys.keys().stream().anyMatch(view -> view.id().equals(key) && view.state() == KeyState.INVALID);
    }
}
