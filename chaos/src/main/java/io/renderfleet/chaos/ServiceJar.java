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
 * The executable jar of a service, extracted: a service starts from extracted files in half the time, and the test
 * starts services often.
 *
 * @param jar the argument of {@code java -jar}
 */
record ServiceJar(Path jar) {
    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");
    private static final Duration EXTRACTION_LIMIT = Duration.ofSeconds(60);
    private static final String SUFFIX = "-exec.jar";

    /** Options that make a start cheap on a machine with few cores: C1 only, and a serial collector. */
    private static final List<String> JVM = List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:+UseCompactObjectHeaders",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-XX:+ExitOnOutOfMemoryError");

    /**
     * Extracts the jar of a module.
     *
     * @param root the project's directory
     * @param directory where a directory for the extracted files is created
     */
    static ServiceJar of(Path root, String module, Path directory, Path log) throws InterruptedException {
        Path jar = find(root, module);
        Path extracted = directory.resolve(module);
        List<String> command = List.of(
                JAVA.toString(),
                "-XX:TieredStopAtLevel=1",
                "-Djarmode=tools",
                "-jar",
                jar.toString(),
                "extract",
                "--destination",
                extracted.toString());
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            if (!process.waitFor(EXTRACTION_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw new ChaosException(jar + " was not extracted within " + EXTRACTION_LIMIT);
            }
            if (process.exitValue() != 0) {
                throw new ChaosException(jar + " could not be extracted; see " + log);
            }
        } catch (IOException e) {
            throw new ChaosException(jar + " could not be extracted: " + e.getMessage(), e);
        }
        return new ServiceJar(extracted.resolve(jar.getFileName()));
    }

    /** Deletes the extracted files of all jars, which are large and not needed after the run. */
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
        throw new ChaosException("Expected exactly one " + module + "-*" + SUFFIX + " in " + target
                + ": build the project, or pass its directory with --root.");
    }

    /** The command that starts the service. */
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
