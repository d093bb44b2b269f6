package io.renderfleet.jobtype.render.design;

import java.io.File;
import java.net.URL;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The command of a {@link ValidationProcess}. */
final class ValidationCommand {
    /** The process reads with this much less time than it is given, so that it can say why it refuses a file. */
    private static final Duration ANSWER_TIME = Duration.ofSeconds(2);

    private ValidationCommand() {}

    /** The command that starts {@link ValidationMain} with the JVM and the class path of this process. */
    static List<String> of(InspectionSettings settings) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + settings.memory().toBytes(),
                "-XX:+ExitOnOutOfMemoryError",
                "-XX:+UseSerialGC",
                // After a large file, memory goes back to the system.
                "-XX:MinHeapFreeRatio=10",
                "-XX:MaxHeapFreeRatio=30",
                // Optimized code would need more memory and time than most files take.
                "-XX:TieredStopAtLevel=1",
                // As in jvm.options of the images; the AOT cache depends on it.
                "-XX:+UseCompactObjectHeaders",
                "-XX:-UsePerfData",
                "-XX:+DisableAttachMechanism",
                // The JVM must not write between the answers.
                "-XX:+DisplayVMOutputToStderr",
                "-Xlog:disable",
                "-Xlog:all=error:stderr",
                "-Djava.awt.headless=true",
                "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir")));
        Path cache = settings.aotCache();
        if (cache != null) {
            command.add("-XX:AOTCache=" + cache.toAbsolutePath());
        }
        command.add("-cp");
        command.add(classPath());
        URL source = Objects.requireNonNull(
                ValidationMain.class.getProtectionDomain().getCodeSource().getLocation());
        if (source.toString().startsWith("jar:nested:")) {
            // In an executable jar, only the loader of Spring Boot finds the classes.
            command.add(1, "-Dloader.main=" + ValidationMain.class.getName());
            command.add("org.springframework.boot.loader.launch.PropertiesLauncher");
        } else {
            command.add(ValidationMain.class.getName());
        }
        command.add(Long.toString(readingTime(settings.timeout()).toMillis()));
        return command;
    }

    /** The class path with absolute names, because the process has another working directory. */
    private static String classPath() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static Duration readingTime(Duration limit) {
        return limit.compareTo(ANSWER_TIME.multipliedBy(2)) > 0 ? limit.minus(ANSWER_TIME) : limit.dividedBy(2);
    }
}
