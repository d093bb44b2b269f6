package io.renderfleet.bench;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.renderfleet.bench.cameras.CameraRun;
import io.renderfleet.bench.report.BenchReport;
import io.renderfleet.bench.report.Figure;
import io.renderfleet.fakellm.FakeLlmException;
import io.renderfleet.localaws.LocalAwsException;
import io.renderfleet.localaws.LocalAwsOptions;
import io.renderfleet.standalone.FakeModels;
import io.renderfleet.standalone.Fleet;
import io.renderfleet.standalone.FleetPorts;
import io.renderfleet.standalone.ServiceLogs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/**
 * Starts the fleet on local AWS, measures the fleet and the renderer, prints the results and writes them as JSON. The
 * subcommands check ordering and a burst of jobs. Exits with 1 if a required target was missed or a figure could not be
 * measured.
 */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        versionProvider = BenchApplication.Version.class,
        description =
                "Measures the throughput, latency and AWS calls of a fleet in this JVM, and the speed of the renderer.")
public final class BenchApplication implements Callable<Integer> {
    private static final int FAILED = 1;
    private static final int MAX_BURST = 9_999_999;
    private static final int MAX_CAMERAS = 1000;
    private static final int MAX_SECONDS = 3600;
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls anything.
    private CommandSpec spec;

    @Option(
            names = "--output",
            paramLabel = "FILE",
            description = "The JSON file to which the results are written (default: ${DEFAULT-VALUE}).")
    private Path output = Path.of("target/bench.json");

    private BenchApplication() {}

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        return new CommandLine(new BenchApplication());
    }

    /** Says which build this is. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Version.class.getPackage().getImplementationVersion();
            return new String[] {"bench " + (version == null ? "(development build)" : version)};
        }
    }

    @Override
    public Integer call() throws InterruptedException {
        return measure(output);
    }

    @Command(description = "Checks that the jobs of one ordering key run one after another.")
    int ordering() throws InterruptedException {
        return reported(PATIENCE, fleet -> {
            System.out.println("Ordering: jobs with several ordering keys");
            return new OrderingRun(fleet.client()).figures();
        });
    }

    @Command(description = "Submits many jobs at once and checks that each has exactly one result.")
    int burst(
            @Option(
                            names = "--jobs",
                            paramLabel = "N",
                            defaultValue = "50000",
                            description = "How many jobs are submitted (default: ${DEFAULT-VALUE}).")
                    int jobs)
            throws InterruptedException {
        if (jobs < 1 || jobs > MAX_BURST) {
            throw new ParameterException(spec.subcommands().get("burst"), "--jobs must be from 1 to " + MAX_BURST);
        }
        return reported(BurstRun.deadline(jobs), fleet -> {
            System.out.printf("Burst: %d jobs%n", jobs);
            return new BurstRun(fleet, jobs, System.out).figures();
        });
    }

    @Command(description = "Lets simulated cameras send events to a model server, and measures their answers.")
    int cameras(
            @Option(
                            names = "--cameras",
                            paramLabel = "N",
                            defaultValue = "50",
                            description =
                                    "The number of cameras, each with an event every 2 s (default: ${DEFAULT-VALUE}).")
                    int cameras,
            @Option(
                            names = "--seconds",
                            paramLabel = "N",
                            defaultValue = "60",
                            description = "How long the cameras send (default: ${DEFAULT-VALUE}).")
                    int seconds)
            throws InterruptedException {
        if (cameras < 1 || cameras > MAX_CAMERAS || seconds < 2 || seconds > MAX_SECONDS) {
            throw new ParameterException(
                    spec.subcommands().get("cameras"),
                    "--cameras must be from 1 to " + MAX_CAMERAS + ", and --seconds from 2 to " + MAX_SECONDS);
        }
        ServiceLogs.toOnePlace();
        BenchReport report = new BenchReport(Machine.properties());
        try (FakeModels models = FakeModels.start(FleetPorts.free());
                InProcessFleet fleet = InProcessFleet.start(
                        PATIENCE, LocalAwsOptions.onFreePorts().withPools(Fleet.POOLS), models.settings())) {
            report.add(
                    "Cameras",
                    new CameraRun(fleet.fleet().api(), models, cameras, Duration.ofSeconds(seconds), System.out)
                            .figures());
        } catch (BenchException | LocalAwsException | FakeLlmException | IllegalStateException e) {
            System.err.println("bench: " + e.getMessage());
            return FAILED;
        }
        System.out.println();
        System.out.println(report.text());
        return conclude(report);
    }

    /** A measurement that runs on its own fleet. */
    @FunctionalInterface
    private interface Measurement {
        List<Figure> on(InProcessFleet fleet) throws InterruptedException;
    }

    private static int reported(Duration patience, Measurement measurement) throws InterruptedException {
        ServiceLogs.toOnePlace();
        BenchReport report = new BenchReport(Machine.properties());
        try (InProcessFleet fleet = InProcessFleet.start(patience)) {
            report.add("Measured", measurement.on(fleet));
        } catch (BenchException | LocalAwsException | IllegalStateException e) {
            System.err.println("bench: " + e.getMessage());
            return FAILED;
        }
        System.out.println();
        System.out.println(report.text());
        return conclude(report);
    }

    private static int measure(Path file) throws InterruptedException {
        ServiceLogs.toOnePlace();
        BenchReport report = new BenchReport(Machine.properties());
        try {
            measureFleet(report);
            measureRenderer(report);
            System.out.println();
            System.out.println(report.text());
            write(report, file);
        } catch (BenchException | LocalAwsException | IllegalStateException | IOException e) {
            System.err.println("bench: " + e.getMessage());
            return FAILED;
        }
        System.out.println("Written to " + file);
        return conclude(report);
    }

    private static void measureFleet(BenchReport report) throws InterruptedException {
        try (InProcessFleet fleet = InProcessFleet.start(PATIENCE)) {
            new FleetBench(fleet.client(), fleet.results(), System.out).measure(report);
            report.add("Memory: one JVM with the clients, the services of three regions and local AWS", memory());
        }
        report.note("Idle: a result is visible at the first GET /jobs/{id} that returns COMPLETED; polled every 2 ms.");
        report.note("Loaded: a result is visible when the write that made the job COMPLETED has returned; there is no"
                + " polling.");
        report.note("Started: the stored startedAt, truncated to milliseconds.");
        report.note("Calls include retries and background calls. Write units are computed by the rules that DynamoDB"
                + " documents.");
        report.note("Other systems: a no-op job in a boto3 pipeline with two queues, and in Celery over SQS with one"
                + " queue.");
    }

    private static void measureRenderer(BenchReport report) throws IOException {
        var figures = new RendererFigures();
        System.out.println("Renderer: synthetic scenes");
        report.add("Renderer", figures.core());
        System.out.println("Renderer: the sample designs");
        report.add("Renderer: 640 x 360, 64 samples, one thread", figures.samples());
    }

    private static List<Figure> memory() {
        List<Figure> figures = new ArrayList<>();
        figures.add(Figure.of("memory.heapPeak", "heap, sum of the peaks of its pools", Machine.heapPeak(), "MiB"));
        Machine.residentPeak()
                .ifPresent(peak -> figures.add(Figure.of("memory.residentPeak", "resident set, peak", peak, "MiB")));
        return figures;
    }

    private static void write(BenchReport report, Path file) throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        if (directory != null) {
            Files.createDirectories(directory);
        }
        JsonMapper.builder()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .build()
                .writeValue(file.toFile(), report.json());
    }

    private static int conclude(BenchReport report) {
        List<Figure> broken = report.broken();
        broken.forEach(figure -> System.err.printf(
                "bench: required target missed: %s (%s) is %s%n", figure.label(), figure.key(), figure.values()));
        return broken.isEmpty() ? 0 : FAILED;
    }
}
