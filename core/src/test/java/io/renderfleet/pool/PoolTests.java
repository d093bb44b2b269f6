package io.renderfleet.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PoolTests {

    @Test
    void isReadFromOneValue() {
        assertThat(Pool.of("render=cpu")).isEqualTo(new Pool(new PoolName("render"), Pool.Kind.CPU, 0));
        assertThat(Pool.of(" chat = io : 64 ")).isEqualTo(new Pool(new PoolName("chat"), Pool.Kind.IO, 64));
    }

    @ParameterizedTest
    @ValueSource(strings = {"render=cpu", "chat=io", "chat=io:64"})
    void isWrittenAsItIsRead(String text) {
        assertThat(Pool.of(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "render",
                "render=gpu",
                "=cpu",
                "chat=io:",
                "chat=io:-1",
                "chat=io:1001",
                "chat=io:99999",
                "Chat=io"
            })
    void refusesAnythingElse(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Pool.of(text));
    }

    @Test
    void hasASlotForEachCoreWhenItComputesAndTensOfThemWhenItWaits() {
        assertThat(Pool.of("render=cpu").slotsOn(8)).isEqualTo(8);
        assertThat(Pool.of("chat=io").slotsOn(8)).isEqualTo(32);
        assertThat(Pool.of("chat=io:5").slotsOn(8)).isEqualTo(5);
    }
}
