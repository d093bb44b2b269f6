package io.renderfleet.jobtype.inference.fleet;

import io.micrometer.core.instrument.MeterRegistry;
import io.renderfleet.jobtype.inference.keys.KeyId;
import io.renderfleet.jobtype.inference.keys.KeyPool;
import io.renderfleet.jobtype.inference.keys.KeyPoolSettings;
import io.renderfleet.jobtype.inference.keys.Secret;
import io.renderfleet.jobtype.inference.model.ModelClient;
import io.renderfleet.jobtype.inference.settings.KeyPoolDefinition;
import io.renderfleet.telemetry.LoopHealth;
import io.renderfleet.telemetry.LoopTimer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * The key pools of a worker, shared with all other workers. A secret that cannot be read does not keep the worker from
 * starting; its key is INVALID.
 *
 * <p>Stops after the intake, and then gives the permits back.
 */
public final class FleetKeys implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(FleetKeys.class);
    private static final Duration TURN = Duration.ofMillis(200);
    private static final Duration LONGEST_TURN = Duration.ofMinutes(2);
    private static final Duration LAST_CALLS = Duration.ofSeconds(2);

    private final Map<String, Pool> pools = new LinkedHashMap<>();
    private final SecretReader reader;
    private final LoopTimer timer;
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("inference-keys-", 0).factory());
    private volatile boolean running;

    private record Pool(
            SharedKeyPool shared,
            ModelClient client,
            PoolSecrets secrets,
            Verifications verifications,
            KeyFigures figures) {
        void turn() {
            secrets.turn(shared.keys(), shared.states());
            if (shared.turn()) {
                attempt(verifications::turn);
                attempt(figures::turn);
            }
        }

        private void attempt(Runnable work) {
            try {
                work.run();
            } catch (RuntimeException e) {
                // The pool itself reports once that the table is away.
                log.debug("The key pool {} could not exchange its figures and verifications", shared.name(), e);
            }
        }
    }

    /**
     * Reads the secrets, which takes up to ten seconds.
     *
     * @param worker the id of this process
     */
    FleetKeys(
            Map<String, KeyPoolDefinition> definitions,
            FleetItems items,
            SecretReader reader,
            String worker,
            LoopHealth health,
            MeterRegistry registry,
            InstantSource clock) {
        this.reader = reader;
        this.timer = new LoopTimer("inference-keys", health);
        definitions.forEach((name, definition) -> {
            var secrets = new PoolSecrets(reader, threads, clock);
            KeyPoolSettings settings = settings(definition, secrets);
            var keys = new KeyPool(settings, clock, new Random());
            secrets.markUnread(keys);
            var shared = new SharedKeyPool(name, settings, keys, items, worker, Timing.of(definition.timeout()), clock);
            var _ = new KeyMetrics(registry, shared, settings.domains().keySet());
            var client = new ModelClient(definition.provider());
            pools.put(
                    name,
                    new Pool(
                            shared,
                            client,
                            secrets,
                            new Verifications(
                                    keys, shared.states(), client, definition.provider(), worker, threads, clock),
                            new KeyFigures(items, name, worker, keys, clock)));
        });
    }

    /** Reads all secrets of a pool at the same time. */
    private KeyPoolSettings settings(KeyPoolDefinition definition, PoolSecrets secrets) {
        Map<String, Future<Secret>> reads = new HashMap<>();
        List<KeyPoolDefinition.KeyDefinition> all = new ArrayList<>(definition.keys());
        all.forEach(key -> reads.put(key.id(), threads.submit(() -> secrets.first(new KeyId(key.id()), key.secret()))));
        return definition.keyPool((key, _) -> {
            try {
                return Objects.requireNonNull(reads.get(key)).get();
            } catch (ExecutionException e) {
                throw new IllegalStateException("The secret of the key " + key + " could not be read", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("Interrupted while the secrets were read", e);
            }
        });
    }

    /**
     * A pool by its name in the settings.
     *
     * @throws IllegalArgumentException if there is no such pool
     */
    public SharedKeyPool pool(String name) {
        return require(name).shared();
    }

    /** The client of a pool's provider, which is closed with this object. */
    public ModelClient client(String name) {
        return require(name).client();
    }

    private Pool require(String name) {
        Pool pool = pools.get(name);
        if (pool == null) {
            throw new IllegalArgumentException("There is no key pool " + name + "; the pools are " + pools.keySet());
        }
        return pool;
    }

    @Override
    public void start() {
        running = true;
        if (!pools.isEmpty()) {
            timer.every(
                    "inference-keys",
                    Duration.ZERO,
                    TURN,
                    LONGEST_TURN,
                    () -> pools.values().forEach(Pool::turn));
        }
    }

    @Override
    public void stop() {
        running = false;
        boolean ended = timer.stop(LAST_CALLS);
        threads.shutdownNow();
        try {
            long end = System.nanoTime() + LAST_CALLS.toNanos();
            for (Pool pool : pools.values()) {
                if (ended) {
                    pool.shared().close(Duration.ofNanos(end - System.nanoTime()));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        pools.values().forEach(pool -> pool.client().close());
        reader.close();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** Starts before the intake and stops after it. */
    @Override
    public int getPhase() {
        return DEFAULT_PHASE - 2;
    }
}
