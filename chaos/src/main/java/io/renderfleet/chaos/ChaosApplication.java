package io.renderfleet.chaos;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * The chaos test: starts a fleet of real processes, injects the faults that a seed decides, and checks that no job was
 * lost or done twice. Exits with 0 when every promise was kept, with 1 when one was broken or the test could not be
 * carried out, and with 2 for wrong usage.
 */
public final class ChaosApplication {
    private static final int FAILED = 1;
    private static final int BAD_ARGUMENT = 2;
    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

    private ChaosApplication() {}

    public static void main(String[] arguments) throws InterruptedException {
        System.exit(run(arguments, System.out, System.err));
    }

    private static int run(String[] arguments, PrintStream out, PrintStream err) throws InterruptedException {
        ChaosOptions options;
        try {
            options = ChaosOptions.parse(arguments);
        } catch (IllegalArgumentException | ArithmeticException e) {
            err.println("chaos: " + e.getMessage() + "\n" + ChaosOptions.USAGE);
            return BAD_ARGUMENT;
        }
        Path directory =
                Path.of("target", "chaos", STAMP.format(LocalDateTime.now(ZoneOffset.UTC)) + "-seed-" + options.seed());
        out.println("Chaos with " + options.command().substring("make chaos ".length()) + ", logs in " + directory);
        try {
            Files.createDirectories(directory);
            System.setProperty(
                    "RENDERFLEET_LOG", directory.resolve("harness.log").toString());
            // Logback alone is configured, by logback.xml: Spring Boot would configure it again for the context.
            System.setProperty("org.springframework.boot.logging.LoggingSystem", "none");
            return run(options, directory, out, err);
        } catch (ChaosException | SdkException | IOException | IllegalStateException e) {
            err.println("chaos: " + e.getMessage() + "\nLogs: " + directory + "\nAgain: " + options.command());
            return FAILED;
        }
    }

    private static int run(ChaosOptions options, Path directory, PrintStream out, PrintStream err)
            throws InterruptedException {
        long begun = System.nanoTime();
        ChaosPlan plan = ChaosPlan.of(options.seed(), options.jobs(), options.minutes());
        try (ChaosFleet fleet = ChaosFleet.start(options.root(), directory);
                StoredState state = StoredState.at(fleet.directProperties())) {
            out.printf("The fleet is up after %.1f s%n", seconds(begun));
            ChaosRun run = new ChaosRun(fleet, state, plan, out);
            StateVerifier verifier = run.run();
            List<Check> checks = verifier.checks();
            out.println();
            out.println(ChaosReport.text(options, run.record(), options.jobs(), verifier));
            out.printf("%.0f s in all%n", seconds(begun));
            if (checks.stream().allMatch(Check::holds)) {
                return 0;
            }
            err.println(ChaosReport.broken(checks));
            err.println("Logs: " + directory + "\nAgain: " + options.command());
            return FAILED;
        }
    }

    private static double seconds(long begun) {
        return Duration.ofNanos(System.nanoTime() - begun).toMillis() / 1_000.0;
    }
}
