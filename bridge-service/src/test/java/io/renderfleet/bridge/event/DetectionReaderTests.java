package io.renderfleet.bridge.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.renderfleet.bridge.event.DetectionReader.UnreadableException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DetectionReaderTests {
    private final DetectionReader reader = new DetectionReader(1000, "user-1");

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void addsTheUserToAnEventWithoutOneAndChangesNothingElse() throws Exception {
        assertThat(reader.read(utf8("{\"cameraId\":\"c\",\"x\":1.10,\"y\":1e400}"))
                        .json())
                .startsWith("{\"cameraId\":\"c\",\"x\":1.10,\"y\":1E+400,")
                .endsWith("\"userId\":\"user-1\"}");
    }

    @Test
    void sendsAnEventWithAUserAsItIs() throws Exception {
        String event = "{ \"userId\": \"user-2\", \"x\": 1.10 }";
        assertThat(reader.read(utf8(event)).json()).isEqualTo(event);
    }

    @Test
    void sendsAnEventAsItIsWhenNoUserIsSet() throws Exception {
        assertThat(new DetectionReader(1000, null).read(utf8("{ }")).json()).isEqualTo("{ }");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "not JSON", "[]", "1", "{}{}", "{\"a\":", "{\"a\":NaN}"})
    void refusesWhatIsNotAnObject(String value) {
        assertRefused(utf8(value));
    }

    @Test
    void refusesWhatIsMissingTooLargeTooDeepOrNotText() {
        assertRefused(null);
        assertRefused(utf8("{\"a\":\"" + "x".repeat(1000) + "\"}"));
        assertRefused(new byte[] {'{', '"', (byte) 0xC3, '"', ':', '1', '}'});
        String deep = "{\"a\":" + "[".repeat(10_000) + "]".repeat(10_000) + "}";
        assertThatExceptionOfType(UnreadableException.class)
                .isThrownBy(() -> new DetectionReader(100_000, "user-1").read(utf8(deep)));
    }

    private void assertRefused(byte @Nullable [] value) {
        assertThatExceptionOfType(UnreadableException.class)
                .isThrownBy(() -> reader.read(value))
                .withMessageMatching("The (record|value) .+");
    }
}
