package io.renderfleet.localaws.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class KilledProcessTests {
    private static final int KILLS = 3;
    private static final int WRITES_BEFORE_KILL = 400;

    @TempDir
    private Path directory;

    @Test
    @Timeout(60)
    void everythingAcknowledgedOutlivesKill() throws IOException, InterruptedException {
        int first = 0;
        var acknowledged = new HashSet<Integer>();
        for (int kill = 0; kill < KILLS; kill++) {
            acknowledged.addAll(writeUntilKilled(first));

            try (Calls calls = Calls.open(DynamoDbSettings.defaults().withDataDir(directory))) {
                Set<String> there = new HashSet<>(calls.ids());
                first = Math.toIntExact(
                        there.stream().filter(id -> !id.startsWith("right-")).count());
                assertThat(there).isEqualTo(written(first));
                assertThat(Collections.max(acknowledged)).isLessThan(first);
            }
        }
        assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(KILLS * WRITES_BEFORE_KILL);
    }

    /** The numbers of the writes that the process acknowledged before it was killed in the middle of one. */
    private Set<Integer> writeUntilKilled(int first) throws IOException, InterruptedException {
        var acknowledged = new HashSet<Integer>();
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        KilledProcess.class.getName(),
                        directory.toString(),
                        Integer.toString(first))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader lines = process.inputReader()) {
            for (int i = 0; i < WRITES_BEFORE_KILL; i++) {
                acknowledged.add(number(lines.readLine()));
            }
            refusesDirectory();
            // The process's own method would close its output, too.
            process.toHandle().destroyForcibly();
            // What it printed until it was gone; the end of the last line may be missing.
            String line = lines.readLine();
            String last = null;
            while (line != null) {
                if (last != null) {
                    acknowledged.add(number(last));
                }
                last = line;
                line = lines.readLine();
            }
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return acknowledged;
    }

    private void refusesDirectory() {
        assertThatExceptionOfType(UncheckedIOException.class)
                .isThrownBy(() -> Calls.open(DynamoDbSettings.defaults().withDataDir(directory)))
                .withMessageContaining("the directory " + directory + " is in use");
    }

    private static Set<String> written(int count) {
        var ids = new HashSet<String>();
        for (int i = 0; i < count; i++) {
            if (i % 2 == 0) {
                ids.add("single-" + i);
            } else {
                ids.add("left-" + i);
                ids.add("right-" + i);
            }
        }
        return ids;
    }

    private static int number(@Nullable String line) {
        assertThat(line).as("the process has ended by itself").isNotNull();
        return Integer.parseInt(line);
    }
}
