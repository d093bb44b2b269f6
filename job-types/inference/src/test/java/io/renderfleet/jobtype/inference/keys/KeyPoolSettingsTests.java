package io.renderfleet.jobtype.inference.keys;

import static io.renderfleet.jobtype.inference.keys.KeyPoolTester.concurrency;
import static io.renderfleet.jobtype.inference.keys.KeyPoolTester.settings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.renderfleet.jobtype.inference.keys.KeyPoolSettings.DomainLimits;
import io.renderfleet.jobtype.inference.keys.KeyPoolSettings.KeySettings;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class KeyPoolSettingsTests {
    private static final String PREFIX = "renderfleet.inference.pools.<pool>.";
    private static final String CANARY = "sk-canary-0123456789abcdef";

    @Test
    void namesTheSettingThatIsWrong() {
        refused(() -> settings(Strategy.WEIGHTED, concurrency(1)), PREFIX + "keys must have 1 to 1000 keys");
        refused(
                () -> settings(Strategy.WEIGHTED, concurrency(1), "a@d1", "b@d1", "a@d1"),
                PREFIX + "keys[2].id must be unique in the pool; another key is also named a");
        refused(
                () -> settings(Strategy.WEIGHTED, concurrency(1), "a@d1", "b@d1*0"),
                PREFIX + "keys[1].weight must be 1 to 1000; it is 0");
        refused(() -> settings(Strategy.WEIGHTED, concurrency(0), "a@d1"), PREFIX + "domains.d1.concurrency must be 1");
        refused(
                () -> settings(Strategy.WEIGHTED, new DomainLimits(0L, null, null, 1), "a@d1"),
                PREFIX + "domains.d1.rpm must be 1 to 10000000, or absent");
        refused(
                () -> settings(Strategy.WEIGHTED, new DomainLimits(null, -1L, null, 1), "a@d1"),
                PREFIX + "domains.d1.tpm must be");
        refused(
                () -> settings(Strategy.WEIGHTED, new DomainLimits(null, null, Long.MAX_VALUE, 1), "a@d1"),
                PREFIX + "domains.d1.rps must be");
        var key = new KeySettings(new KeyId("a"), new DomainName("d2"), 1, Secret.of("secret", CANARY));
        refused(
                () -> new KeyPoolSettings(
                        Strategy.WEIGHTED, Map.of(new DomainName("d1"), concurrency(1)), List.of(key)),
                PREFIX + "keys[0].domain must be one of the names in " + PREFIX + "domains, which are [d1]; it is d2");
    }

    @Test
    void acceptsTheLargestLimits() {
        var limits = new DomainLimits(10_000_000L, 10_000_000_000L, 1_000_000L, 100_000);
        var tester = KeyPoolTester.of(Strategy.WEIGHTED, limits, "a@d1");
        tester.pool.permits(new DomainName("d1"), 1);
        tester.take(CallNeed.ofTokens(1000)).end(KeyPoolTester.success());
        tester.advance(Duration.ofDays(365));
        tester.take(CallNeed.ofTokens(1000));
    }

    @Test
    void refusesSecretsThatAreNoKeys() {
        refused(() -> Secret.of("keys[3].secret", " \t"), "keys[3].secret is blank; it must be the API key alone");
        refused(() -> Secret.of("keys[3].secret", CANARY + "\n"), "keys[3].secret contains a line break");
        refused(() -> Secret.of("keys[3].secret", CANARY + "\r\nX-Admin: 1"), "line break");
        refused(() -> Secret.of("keys[3].secret", "sk " + CANARY), "without spaces");
        refused(() -> Secret.of("keys[3].secret", CANARY + "\u00e9"), "printable ASCII");
        refused(() -> Secret.of("keys[3].secret", CANARY.repeat(1000)), "too long");
    }

    @Test
    void refusesNamesThatAreNone() {
        refused(() -> new KeyId("a b"), "for example qwen-1");
        refused(() -> new KeyId(""), "for example qwen-1");
        refused(() -> new DomainName("a\nb"), "for example account-a");
        refused(() -> new DomainName("d".repeat(65)), "for example account-a");
    }

    @Test
    void comparesSecretsByTheirText() {
        assertThat(Secret.of("secret", CANARY))
                .isEqualTo(Secret.of("secret", new String(CANARY.toCharArray())))
                .hasSameHashCodeAs(Secret.of("secret", CANARY))
                .isNotEqualTo(Secret.of("secret", CANARY + "x"))
                .isNotEqualTo(CANARY);
    }

    @Test
    void showsNothingOfASecretButItsEnd() {
        var secret = Secret.of("secret", CANARY);
        assertThat(secret.last4()).isEqualTo("cdef");
        assertThat(Secret.of("secret", "short-one").last4()).isEmpty();
        var limits = concurrency(3);
        var domain = new DomainName("d1");
        var settings = new KeyPoolSettings(
                Strategy.LEAST_LOADED,
                Map.of(domain, limits),
                List.of(new KeySettings(new KeyId("a"), domain, 1, secret)));
        var pool = new KeyPool(settings, Clock.systemUTC(), new Random(1));
        var choice = pool.acquire(CallNeed.ofTokens(1));
        ((KeyPool.Choice.Taken) choice).permit().end(new CallOutcome.Unauthorized());
        pool.rotate(new KeyId("a"), secret);
        assertThat(List.of(
                        secret.toString(),
                        settings.toString(),
                        choice.toString(),
                        pool.keys().toString(),
                        pool.drainTransitions().toString()))
                .allSatisfy(
                        text -> assertThat(text).doesNotContain("0123456789").doesNotContain("canary"));
        assertThat(pool.keys().getFirst().last4()).isEqualTo("cdef");
    }

    private static void refused(ThrowingCallable call, String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(call)
                .withMessageContaining(text)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("canary"));
    }
}
