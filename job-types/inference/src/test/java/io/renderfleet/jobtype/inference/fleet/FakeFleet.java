package io.renderfleet.jobtype.inference.fleet;

import io.renderfleet.fakellm.DomainLimits;
import io.renderfleet.fakellm.FakeLlm;
import io.renderfleet.fakellm.FakeLlmSettings;
import io.renderfleet.fakellm.Latency;
import io.renderfleet.fakellm.Statistics.DomainStatistics;
import io.renderfleet.jobtype.inference.keys.CallNeed;
import io.renderfleet.jobtype.inference.keys.CallOutcome;
import io.renderfleet.jobtype.inference.keys.DomainName;
import io.renderfleet.jobtype.inference.keys.KeyId;
import io.renderfleet.jobtype.inference.keys.KeyPool;
import io.renderfleet.jobtype.inference.keys.KeyPool.Choice;
import io.renderfleet.jobtype.inference.keys.KeyPoolSettings;
import io.renderfleet.jobtype.inference.keys.KeyPoolSettings.KeySettings;
import io.renderfleet.jobtype.inference.keys.Permit;
import io.renderfleet.jobtype.inference.keys.Secret;
import io.renderfleet.jobtype.inference.keys.Strategy;
import io.renderfleet.jobtype.inference.model.ModelClient;
import io.renderfleet.jobtype.inference.model.ModelReply;
import io.renderfleet.jobtype.inference.model.Provider;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Workers in real time: a local DynamoDB, a model server that enforces the limits of one domain, and workers that share its
 * key by them. Each worker has callers that call without a pause.
 */
final class FakeFleet implements AutoCloseable {
    static final DomainName DOMAIN = new DomainName("account-a");
    private static final String SECRET = "sk-of-the-fleet-0001";

    final FakeLlm llm;
    private final FleetTester fleet = new FleetTester();
    private final KeyPoolSettings settings;
    private final Timing timing;
    private final Provider provider;
    private final List<Worker> workers = new ArrayList<>();

    /** With the same limits for the workers and the server. */
    FakeFleet(DomainLimits limits, Latency latency, Timing timing) {
        this(limits, limits, latency, timing);
    }

    /**
     * @param limits what the workers keep to
     * @param enforced what the server enforces
     */
    FakeFleet(DomainLimits limits, DomainLimits enforced, Latency latency, Timing timing) {
        llm = FakeLlm.start(FakeLlmSettings.defaults()
                .withLatency(latency)
                .withKeys(Map.of(DOMAIN.value(), enforced), Map.of(SECRET, DOMAIN.value())));
        this.timing = timing;
        settings = new KeyPoolSettings(
                Strategy.LEAST_LOADED,
                Map.of(
                        DOMAIN,
                        new KeyPoolSettings.DomainLimits(
                                limits.rpm() == 0 ? null : (long) limits.rpm(),
                                limits.tpm() == 0 ? null : (long) limits.tpm(),
                                limits.rps() == 0 ? null : (long) limits.rps(),
                                limits.concurrency())),
                List.of(new KeySettings(new KeyId("k1"), DOMAIN, 1, Secret.of("a test", SECRET))));
        provider = new Provider(
                URI.create(llm.url() + "/v1"),
                Provider.Kind.OPENAI,
                Map.of("assessment", "fake"),
                Map.of(),
                timing.longestCall());
    }

    Worker start(String id, int callers) {
        var worker = new Worker(id, callers);
        workers.add(worker);
        return worker;
    }

    /** The calls of the domain that the server answered. */
    long answered() {
        return statistics().statuses().getOrDefault(200, 0L);
    }

    DomainStatistics statistics() {
        return llm.statistics().domain(DOMAIN.value());
    }

    @Override
    public void close() {
        workers.forEach(Worker::kill);
        llm.close();
        fleet.close();
    }

    final class Worker {
        final AtomicLong calls = new AtomicLong();
        private final SharedKeyPool shared;
        private final KeyPool keys;
        private final ModelClient client = new ModelClient(provider);
        private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        private volatile boolean isAlive = true;
        private volatile Instant pausedUntil = Instant.MIN;

        private Worker(String id, int callers) {
            keys = new KeyPool(settings, Clock.systemUTC(), new Random());
            shared = new SharedKeyPool("pool", settings, keys, fleet.items(), id, timing, Clock.systemUTC());
            threads.execute(this::turns);
            for (int i = 0; i < callers; i++) {
                threads.execute(this::call);
            }
        }

        /** Its turns and new calls stop for this time, and its calls in progress go on at the provider. */
        void pause(Duration time) {
            pausedUntil = Instant.now().plus(time);
        }

        /** Ends at once, without giving anything back; its connections are closed. */
        void kill() {
            isAlive = false;
            threads.shutdownNow();
            client.close();
        }

        private void turns() {
            try {
                while (isAlive) {
                    awaitPause();
                    shared.turn();
                    Thread.sleep(100);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private void awaitPause() throws InterruptedException {
            while (pausedUntil.isAfter(Instant.now())) {
                Thread.sleep(20);
            }
        }

        private void call() {
            try {
                while (isAlive) {
                    awaitPause();
                    switch (keys.acquire(CallNeed.ofTokens(0))) {
                        case Choice.Taken(Permit permit) -> call(permit);
                        case Choice.NoCapacity(Instant until) ->
                            Thread.sleep(Math.clamp(
                                    Duration.between(Instant.now(), until).toMillis(), 1, 200));
                        case Choice.NoKey _ -> throw new AssertionError("The key cannot be used any more");
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private void call(Permit permit) throws InterruptedException {
            CallOutcome outcome = new CallOutcome.Abandoned();
            try {
                KeyVerification made = KeyVerification.call(client, provider, permit.secret());
                outcome = made.reply().outcome();
                if (made.reply() instanceof ModelReply.Answered) {
                    calls.incrementAndGet();
                }
            } finally {
                permit.end(outcome);
            }
        }
    }
}
