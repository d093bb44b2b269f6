package io.renderfleet.bench;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.renderfleet.bench.report.BenchReport;
import io.renderfleet.bench.report.Figure;
import io.renderfleet.localaws.LocalAwsException;
import io.renderfleet.standalone.ServiceLogs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Starts the fleet on local AWS, measures it and then the renderer, prints a table and writes it as JSON; or, named by
 * the first argument, one of the proofs (ordering, burst, chaos) or the simulation of the scaling. Exits with 1 when
 * something is missed that must hold, or could not be measured.
 */
public final class BenchApplication {
    private static final int FAILED = 1;
    private static final int BAD_ARGUMENT = 2;
    private static final int BURST = 50_000;
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private BenchApplication() {}

    public static void main(String[] arguments) throws InterruptedException {
        String command = arguments.length == 0 ? "" : arguments[0];
        String[] own = Arrays.copyOfRange(arguments, Math.min(1, arguments.length), arguments.length);
        System.exit(
                switch (command) {
                    case "ordering" -> ordering(own);
                    case "burst" -> burst(own);
                    default -> measure(arguments);
                });
    }

    private static int ordering(String[] arguments) throws InterruptedException {
        if (arguments.length > 0) {
            return usage();
        }
        return reported(PATIENCE, fleet -> {
            System.out.println("Ordering: jobs of several keys");
            return new OrderingRun(fleet.client()).figures();
        });
    }

    private static int burst(String[] arguments) throws InterruptedException {
        int jobs = BURST;
        if (arguments.length == 2 && arguments[0].equals("--jobs") && arguments[1].matches("[1-9][0-9]{0,6}")) {
            jobs = Integer.parseInt(arguments[1]);
        } else if (arguments.length > 0) {
            return usage();
        }
        int wanted = jobs;
        return reported(BurstRun.deadline(wanted), fleet -> {
            System.out.printf("Burst: %d jobs%n", wanted);
            return new BurstRun(fleet, wanted, System.out).figures();
        });
    }

    /** Something to measure on a fleet of its own. */
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

    private static int usage() {
        System.err.println("""
                usage: bench [FILE]             measure, print a table and write it to FILE (target/bench.json)
                       bench ordering           check the order of jobs inside ordering keys
                       bench burst [--jobs N]   submit N jobs at once (50000) and check that each is done once""");
        return BAD_ARGUMENT;
    }

    private static int measure(String[] arguments) throws InterruptedException {
        if (arguments.length > 1 || (arguments.length == 1 && arguments[0].startsWith("-"))) {
            return usage();
        }
        ServiceLogs.toOnePlace();
        Path file = Path.of(arguments.length == 1 ? arguments[0] : "target/bench.json");
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
            report.add("Memory: clients, three services in three regions, and local AWS in one JVM", memory());
        }
        report.note("Idle: visible is the first GET /jobs/{id} that says COMPLETED, asked every 2 ms.");
        report.note("Loaded: visible is the answer to the write that made the job COMPLETED; nothing polls meanwhile.");
        report.note("Started is the stored startedAt, which is cut to the millisecond.");
        report.note("Calls count every try and all background work; write units are by DynamoDB's documented rule.");
        report.note("Others: a no-op job through a boto3 pipeline of two hops, and Celery over SQS with one.");
    }

    private static void measureRenderer(BenchReport report) throws IOException {
        var figures = new RendererFigures();
        System.out.println("Renderer: scenes made for the purpose");
        report.add("Renderer", figures.core());
        System.out.println("Renderer: the sample designs");
        report.add("Renderer: 640 x 360, 64 samples, one thread", figures.samples());
    }

    private static List<Figure> memory() {
        List<Figure> figures = new ArrayList<>();
        figures.add(Figure.of("memory.heapPeak", "heap, sum of its pools' peaks", Machine.heapPeak(), "MiB"));
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
                "bench: %s (%s) must hold and does not: %s%n", figure.label(), figure.key(), figure.values()));
        return broken.isEmpty() ? 0 : FAILED;
    }
}
