package io.renderfleet.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A service's executable jar, taken apart: started from the pieces it is up in half the time, and it is started often.
 *
 * @param jar what {@code java -jar} takes
 */
record ServiceJar(Path jar) {
    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");
    private static final Duration TAKING_APART = Duration.ofSeconds(60);
    private static final String SUFFIX = "-exec.jar";

    /** Cheap to start on a machine with few cores: one compiler, one collector thread. */
    private static final List<String> JVM = List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:+UseCompactObjectHeaders",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-XX:+ExitOnOutOfMemoryError");

    /**
     * Takes a module's jar apart.
     *
     * @param root the project's directory, where modules are
     * @param directory where the pieces go, in a directory of their own
     */
    static ServiceJar of(Path root, String module, Path directory, Path log) throws InterruptedException {
        Path whole = find(root, module);
        Path pieces = directory.resolve(module);
        List<String> command = List.of(
                JAVA.toString(),
                "-XX:TieredStopAtLevel=1",
                "-Djarmode=tools",
                "-jar",
                whole.toString(),
                "extract",
                "--destination",
                pieces.toString());
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            if (!process.waitFor(TAKING_APART.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw new ChaosException(whole + " was not taken apart within " + TAKING_APART);
            }
            if (process.exitValue() != 0) {
                throw new ChaosException(whole + " could not be taken apart; see " + log);
            }
        } catch (IOException e) {
            throw new ChaosException(whole + " could not be taken apart: " + e.getMessage(), e);
        }
        return new ServiceJar(pieces.resolve(whole.getFileName()));
    }

    /** Deletes the pieces of all jars: megabytes that nobody reads again. */
    static void delete(Path directory) {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new ChaosException(directory + " could not be deleted: " + e.getMessage(), e);
        }
    }

    private static Path find(Path root, String module) {
        Path target = root.resolve(module).resolve("target");
        if (Files.isDirectory(target)) {
            try (Stream<Path> files = Files.list(target)) {
                List<Path> jars = files.filter(
                                file -> file.getFileName().toString().startsWith(module)
                                        && file.getFileName().toString().endsWith(SUFFIX))
                        .sorted()
                        .toList();
                if (jars.size() == 1) {
                    return jars.getFirst();
                }
            } catch (IOException e) {
                throw new ChaosException(target + " cannot be read: " + e.getMessage(), e);
            }
        }
        throw new ChaosException("There must be one " + module + "-*" + SUFFIX + " in " + target
                + ": build it, or say with --root where the project is.");
    }

    /** What starts it. */
    List<String> command(String heap, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(JAVA.toString());
        command.addAll(JVM);
        command.add("-Xmx" + heap);
        command.add("-jar");
        command.add(jar.toString());
        command.addAll(arguments);
        return command;
    }
}
