package io.renderfleet.jobtype.inference.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.renderfleet.jobtype.inference.fleet.SecretReader.UnreadableSecretException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretReaderTests {
    private static final String CANARY = "sk-canary-0123456789";
    private final SecretReader reader =
            new SecretReader(Map.of("GOOD", CANARY, "BAD", CANARY + "\n", "EMPTY", "")::get);

    private ThrowableAssertAlternative<UnreadableSecretException> refused(String place) {
        return assertThatExceptionOfType(UnreadableSecretException.class)
                .isThrownBy(() -> reader.read("the secret of the key k1", place))
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("canary"));
    }

    @Test
    void readsEnvironmentVariablesAndFiles(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("key"), CANARY);

        assertThat(reader.read("a key", "env:GOOD").value()).isEqualTo(CANARY);
        assertThat(reader.read("a key", "file:" + file).value()).isEqualTo(CANARY);
    }

    @Test
    void saysWhichPlaceIsWrongAndHow(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("key"), CANARY + "\n");
        refused("file:" + file).withMessageContaining(file.toString()).withMessageContaining("line break");
        refused("file:" + directory.resolve("none")).withMessageContaining("does not exist");
        refused("file:" + directory).withMessageContaining("key k1");
        refused("env:NONE").withMessageContaining("the environment variable NONE, does not exist");
        refused("env:BAD").withMessageContaining("line break");
        refused("env:EMPTY").withMessageContaining("blank");
        refused(CANARY).withMessageContaining("never the key itself");
        refused("arn:aws:secretsmanager::123456789012:secret:" + "x").withMessageContaining("not an ARN with a region");
    }
}
