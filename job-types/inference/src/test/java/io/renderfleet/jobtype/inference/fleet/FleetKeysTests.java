package io.renderfleet.jobtype.inference.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.renderfleet.fakellm.Behaviour;
import io.renderfleet.fakellm.DomainLimits;
import io.renderfleet.fakellm.FakeLlm;
import io.renderfleet.fakellm.FakeLlmSettings;
import io.renderfleet.fakellm.Latency;
import io.renderfleet.jobtype.inference.keys.CallNeed;
import io.renderfleet.jobtype.inference.keys.DomainName;
import io.renderfleet.jobtype.inference.keys.KeyId;
import io.renderfleet.jobtype.inference.keys.KeyPool.Choice;
import io.renderfleet.jobtype.inference.keys.KeyPoolSettings;
import io.renderfleet.jobtype.inference.keys.KeyState;
import io.renderfleet.jobtype.inference.keys.KeyView;
import io.renderfleet.jobtype.inference.keys.Permit;
import io.renderfleet.jobtype.inference.keys.Strategy;
import io.renderfleet.jobtype.inference.model.Provider;
import io.renderfleet.jobtype.inference.settings.KeyPoolDefinition;
import io.renderfleet.jobtype.inference.settings.KeyPoolDefinition.KeyDefinition;
import io.renderfleet.telemetry.LoopHealth;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** A worker's pools with real secrets, a model server and local DynamoDB. Time passes while a test waits. */
class FleetKeysTests {
    private static final String CANARY = "sk-canary-4f9c2d7e81";
    private static final String NEW_CANARY = "sk-canary-new-77aa0c13";
    private static final DomainName ACCOUNT = new DomainName("account-a");
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Map<String, String> environment = new ConcurrentHashMap<>(Map.of("KEY_A", CANARY));
    private final FleetTester fleet = new FleetTester();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final FakeLlm llm = FakeLlm.start(FakeLlmSettings.defaults()
            .withLatency(new Latency(Duration.ofMillis(5), Duration.ofMillis(10)))
            .withKeys(Map.of("account-a", DomainLimits.NONE), Map.of(CANARY, "account-a", NEW_CANARY, "account-a")));
    private final KeyPoolDefinition definition = new KeyPoolDefinition(
            Strategy.LEAST_LOADED,
            URI.create(llm.url() + "/v1"),
            Provider.Kind.OPENAI,
            Map.of("assessment", "fake"),
            Map.of(),
            Set.of(),
            Duration.ofSeconds(10),
            Map.of("account-a", new KeyPoolSettings.DomainLimits(null, null, null, 5)),
            List.of(new KeyDefinition("a", "account-a", 1, "env:KEY_A")));
    private final SharedStates operator = new SharedStates(fleet.items(), "pool");
    private final List<FleetKeys> started = new ArrayList<>();

    @AfterEach
    void close() {
        started.stream().filter(FleetKeys::isRunning).forEach(FleetKeys::stop);
        llm.close();
        fleet.close();
    }

    private FleetKeys start() {
        var keys = new FleetKeys(
                Map.of("pool", definition),
                fleet.items(),
                new SecretReader(environment::get),
                "w1",
                new LoopHealth(fleet.clock),
                registry,
                fleet.clock);
        started.add(keys);
        keys.start();
        return keys;
    }

    private KeyView view(FleetKeys keys) {
        return keys.pool("pool").keys().keys().getFirst();
    }

    private void awaitState(FleetKeys keys, KeyState state) {
        awaitThat(() -> assertThat(view(keys).state()).isEqualTo(state));
    }

    private void awaitThat(Runnable assertion) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).untilAsserted(() -> {
            fleet.clock.advance(Duration.ofMillis(500));
            assertion.run();
        });
    }

    /** One call of the model, as a job makes it. */
    private void call(FleetKeys keys) throws InterruptedException {
        List<Permit> taken = new ArrayList<>();
        awaitThat(() -> {
            if (taken.isEmpty()
                    && keys.pool("pool").keys().acquire(CallNeed.ofTokens(0)) instanceof Choice.Taken(Permit permit)) {
                taken.add(permit);
            }
            assertThat(taken).hasSize(1);
        });
        Permit permit = taken.getFirst();
        permit.end(KeyVerification.call(keys.client("pool"), definition.provider(), permit.secret())
                .reply()
                .outcome());
    }

    @Test
    void aKeyIsInNoLogNoItemAndNoMetric() throws Exception {
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        var logged = new ListAppender<ILoggingEvent>();
        Level before = root.getLevel();
        root.setLevel(Level.TRACE);
        logged.start();
        root.addAppender(logged);
        try {
            FleetKeys keys = start();
            call(keys);
            operator.requestVerification(new KeyId("a"), fleet.clock.instant());
            awaitThat(() -> {
                operator.refresh();
                assertThat(operator.fact(SharedStates.VERIFY, "a")).containsKey(SharedStates.AT);
            });
            llm.setKeyBehaviour(CANARY, Behaviour.of(Behaviour.Kind.UNAUTHORIZED));
            call(keys);
            awaitState(keys, KeyState.INVALID);
            awaitThat(() -> assertThat(fleet.all().toString())
                    .contains("invalid#a", "keystats#")
                    .doesNotContain("sk-canary"));
            environment.put("KEY_A", NEW_CANARY + "\n");
            operator.rotate(new KeyId("a"), fleet.clock.instant());
            awaitThat(() -> assertThat(List.copyOf(logged.list))
                    .anyMatch(event -> event.getFormattedMessage().contains("line break")));
            keys.stop();
        } finally {
            root.detachAppender(logged);
            root.setLevel(before);
        }

        assertThat(logged.list).hasSizeGreaterThan(100).allSatisfy(event -> {
            assertThat(event.getFormattedMessage()).doesNotContain("sk-canary");
            if (event.getThrowableProxy() != null) {
                assertThat(ThrowableProxyUtil.asString(event.getThrowableProxy()))
                        .doesNotContain("sk-canary");
            }
        });
        assertThat(fleet.all().toString()).contains("rotate#a").doesNotContain("sk-canary");
        assertThat(registry.getMetersAsString())
                .contains("renderfleet.inference.keys", "renderfleet.inference.calls", "outcome='unauthorized'")
                .doesNotContain("sk-canary", CANARY.substring(CANARY.length() - 4));
    }

    @Test
    void aSecretThatCannotBeReadAtTheStartIsReadAgainEveryMinute() {
        environment.clear();
        FleetKeys keys = start();

        assertThat(view(keys).state()).isEqualTo(KeyState.INVALID);
        assertThat(view(keys).why()).contains("the environment variable KEY_A, does not exist");
        assertThat(view(keys).last4()).isEmpty();

        environment.put("KEY_A", CANARY);
        awaitState(keys, KeyState.ACTIVE);
        assertThat(view(keys).last4()).isEqualTo("7e81");
    }

    @Test
    void aSecretThatTheProviderRefusesIsReadAgainAtOnce() throws Exception {
        FleetKeys keys = start();
        llm.setKeyBehaviour(CANARY, Behaviour.of(Behaviour.Kind.UNAUTHORIZED));
        environment.put("KEY_A", NEW_CANARY);

        call(keys);
        awaitState(keys, KeyState.ACTIVE);
        call(keys);

        assertThat(view(keys).last4()).isEqualTo("0c13");
        assertThat(view(keys).successRate()).isPositive();
    }

    @Test
    void anOperatorLetsWorkersReadANewSecret() {
        FleetKeys keys = start();
        awaitThat(() -> assertThat(view(keys).last4()).isEqualTo("7e81"));
        environment.put("KEY_A", NEW_CANARY);

        awaitThat(() -> {
            operator.rotate(new KeyId("a"), fleet.clock.instant());
            assertThat(view(keys).last4()).isEqualTo("0c13");
        });
    }

    @Test
    void aVerificationSaysWhatTheProviderAnswered() {
        FleetKeys keys = start();
        llm.setKeyBehaviour(CANARY, Behaviour.of(Behaviour.Kind.QUOTA_EXHAUSTED));
        operator.requestVerification(new KeyId("a"), fleet.clock.instant());

        awaitThat(() -> {
            operator.refresh();
            assertThat(FleetItems.text(operator.fact(SharedStates.VERIFY, "a"), SharedStates.WHY))
                    .contains("no credit or quota left");
        });
        awaitState(keys, KeyState.EXHAUSTED);
    }

    @Test
    void aWorkerThatStopsGivesItsPermitsBack() throws Exception {
        FleetKeys keys = start();
        call(keys);
        assertThat(fleet.permits(ACCOUNT).holders()).containsKey("w1");

        keys.stop();

        PermitItem item = fleet.permits(ACCOUNT);
        assertThat(item.free()).isEqualTo(5);
        assertThat(item.holders()).isEmpty();
    }

    @Test
    void verifyKeysPrintsOneLineForEachKey() throws Exception {
        var printed = new ByteArrayOutputStream();
        var out = new PrintStream(printed, true, StandardCharsets.UTF_8);
        var pools = Map.of("pool", definition);

        assertThat(VerifyKeys.run(pools, new SecretReader(environment::get), out))
                .isTrue();
        environment.clear();
        assertThat(VerifyKeys.run(pools, new SecretReader(environment::get), out))
                .isFalse();

        assertThat(printed.toString(StandardCharsets.UTF_8).lines())
                .anySatisfy(line -> assertThat(line)
                        .contains("pool", "a", "account-a", "fake")
                        .endsWith("ok"))
                .anySatisfy(line -> assertThat(line).contains("KEY_A, does not exist"))
                .noneSatisfy(line -> assertThat(line).contains("canary"));
    }
}
