package io.renderfleet.jobtype.render.design;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DesignIdTests {
    @ParameterizedTest
    @ValueSource(strings = {"", "a/b", "a b", "é"})
    void refusesNamesThatAreNotSafeInAKey(String design) {
        assertThatIllegalArgumentException().isThrownBy(() -> new DesignId(design));
    }
}
