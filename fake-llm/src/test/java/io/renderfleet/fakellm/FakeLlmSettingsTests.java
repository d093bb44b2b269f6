package io.renderfleet.fakellm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import org.junit.jupiter.api.Test;

class FakeLlmSettingsTests {
    private static final FakeLlmSettings SETTINGS = FakeLlmSettings.defaults();
    private static final Map<String, DomainLimits> DOMAINS = Map.of("a", DomainLimits.NONE);

    @Test
    void wrongValuesAreExplained() {
        refused("host", () -> SETTINGS.withHost(" "));
        refused("65536", () -> SETTINGS.withPort(65_536));
        refused("body", () -> SETTINGS.withMaxBody(1));
        refused("At least one domain", () -> SETTINGS.withKeys(Map.of(), Map.of()));
        refused("At least one key", () -> SETTINGS.withKeys(DOMAINS, Map.of()));
        refused("'b'", () -> SETTINGS.withKeys(DOMAINS, Map.of("key", "b")));
        refused("bearer token", () -> SETTINGS.withKeys(DOMAINS, Map.of("key\n", "a")));
        refused("'a b'", () -> SETTINGS.withKeys(Map.of("a b", DomainLimits.NONE), Map.of("key", "a b")));
        refused("rpm is -1", () -> DomainLimits.NONE.withRpm(-1));
    }

    @Test
    void theirTextDoesNotContainSecrets() {
        assertThat(SETTINGS.toString()).doesNotContain("fake-key").contains("keys=1");
    }

    private static void refused(String text, Runnable change) {
        assertThatIllegalArgumentException().isThrownBy(change::run).withMessageContaining(text);
    }
}
