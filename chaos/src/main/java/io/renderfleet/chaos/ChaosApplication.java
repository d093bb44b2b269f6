package io.renderfleet.chaos;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * The chaos test: starts a fleet of real processes, injects the faults that a seed decides, and checks that no job was
 * lost or done twice. Exits with 0 if every guarantee held, with 1 if one was violated or the test could not be
 * carried out, and with 2 for invalid arguments.
 */
@Command(
        name = "chaos",
        mixinStandardHelpOptions = true,
        versionProvider = ChaosApplication.Version.class,
        sortOptions = false,
        description =
                "Starts a fleet of real processes, kills some and cuts off regions by a seeded plan, and checks that"
                        + " no job is lost or done twice.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:Every guarantee held.",
            "1:A guarantee was violated, or the test could not be carried out.",
            "2:The arguments are invalid."
        })
public final class ChaosApplication implements Callable<Integer> {
    private static final int FAILED = 1;
    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls anything.
    private CommandSpec spec;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Decides the plan, together with the next three options. A random one by default.")
    private long seed = ThreadLocalRandom.current().nextLong(1_000_000);

    @Option(
            names = "--jobs",
            paramLabel = "N",
            description = "How many jobs are submitted (default: ${DEFAULT-VALUE}).")
    private int jobs = 500;

    @Option(
            names = "--events",
            paramLabel = "N",
            description = "How many events are submitted besides the jobs (default: ${DEFAULT-VALUE}).")
    private int events = 0;

    @Option(
            names = "--minutes",
            paramLabel = "N",
            description = "How long jobs are submitted and faults are injected (default: ${DEFAULT-VALUE}).")
    private int minutes = 4;

    @Option(
            names = "--root",
            paramLabel = "DIR",
            description =
                    "The project's directory with the built jars of its modules. The working directory by default.")
    private Path root = Path.of("");

    private ChaosApplication() {}

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        return new CommandLine(new ChaosApplication());
    }

    /** Says which build this is. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Version.class.getPackage().getImplementationVersion();
            return new String[] {"chaos " + (version == null ? "(development build)" : version)};
        }
    }

    @Override
    public Integer call() throws InterruptedException {
        ChaosOptions options;
        try {
            options = new ChaosOptions(seed, jobs, events, minutes, root);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        return run(options, System.out, System.err);
    }

    private static int run(ChaosOptions options, PrintStream out, PrintStream err) throws InterruptedException {
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
            throws IOException, InterruptedException {
        long begun = System.nanoTime();
        ChaosPlan plan =
                ChaosPlan.of(options.seed(), options.jobs(), options.events(), options.minutes(), Instant.now());
        try (ModelServer models = ModelServer.start(directory);
                ChaosFleet fleet = ChaosFleet.start(options.root(), models, directory);
                StoredState state = StoredState.at(fleet.directProperties())) {
            out.printf("The fleet is up after %.1f s%n", seconds(begun));
            ChaosRun run = new ChaosRun(fleet, state, models, plan, out);
            ChaosRun.Outcome outcome = run.run();
            List<Check> checks = outcome.checks();
            out.println();
            out.println(ChaosReport.text(options, run.record(), plan.jobs().size(), outcome));
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
