package io.renderfleet.queue;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.renderfleet.fuzz.TimeLimit;
import java.nio.charset.StandardCharsets;

/** Reading the body of a message ends with a message or with the reason why it is none. */
class MessageFuzzTests {

    /** What was read is written so that it is read as the same message. */
    @FuzzTest
    void message(byte[] body) {
        TimeLimit.check(() -> readMessage(body));
    }

    private static void readMessage(byte[] body) {
        JobMessage message;
        try {
            message = MessageCodec.read(new String(body, StandardCharsets.UTF_8));
        } catch (MessageCodec.UnreadableMessageException e) {
            assertThat(e.getMessage()).isNotBlank();
            return;
        }
        assertThat(MessageCodec.read(MessageCodec.write(message))).isEqualTo(message);
        assertThat(MessageCodec.group(message)).matches("[!-~]{1,128}");
    }
}
