package io.renderfleet.bench.chaos;

import io.renderfleet.bench.BenchException;
import io.renderfleet.standalone.ServiceLogs;
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

/** {@code chaos}: starts a fleet of real processes, lets a seed decide what happens to it, and says what came of it. */
public final class ChaosCommand {
    private static final int FAILED = 1;
    private static final int BAD_ARGUMENT = 2;
    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

    private ChaosCommand() {}

    /**
     * Runs it.
     *
     * @return the exit code: 0 when all promises were kept
     */
    public static int run(String[] arguments, PrintStream out, PrintStream err) throws InterruptedException {
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
            ServiceLogs.toOnePlace();
            return run(options, directory, out, err);
        } catch (BenchException | SdkException | IOException | IllegalStateException e) {
            err.println("chaos: " + e.getMessage() + "\nLogs: " + directory + "\nAgain: " + options.command());
            return FAILED;
        }
    }

    private static int run(ChaosOptions options, Path directory, PrintStream out, PrintStream err)
            throws InterruptedException {
        long begun = System.nanoTime();
        Plan plan = Plan.of(options.seed(), options.jobs(), options.minutes());
        try (ChaosFleet fleet = ChaosFleet.start(options.root(), directory);
                Truth truth = Truth.at(fleet.directProperties())) {
            out.printf("The fleet is up after %.1f s%n", seconds(begun));
            ChaosRun run = new ChaosRun(fleet, truth, plan, out);
            Verdict verdict = run.run();
            List<Finding> findings = verdict.findings();
            out.println();
            out.println(ChaosReport.text(options, run.ledger(), options.jobs(), verdict));
            out.printf("%.0f s in all%n", seconds(begun));
            if (findings.stream().allMatch(Finding::holds)) {
                return 0;
            }
            err.println(ChaosReport.broken(findings));
            err.println("Logs: " + directory + "\nAgain: " + options.command());
            return FAILED;
        }
    }

    private static double seconds(long begun) {
        return Duration.ofNanos(System.nanoTime() - begun).toMillis() / 1_000.0;
    }
}
