package io.renderfleet.bench;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.renderfleet.bench.chaos.ChaosCommand;
import io.renderfleet.bench.load.JobsClient;
import io.renderfleet.bench.report.BenchReport;
import io.renderfleet.bench.report.Figure;
import io.renderfleet.localaws.LocalAws;
import io.renderfleet.localaws.LocalAwsException;
import io.renderfleet.localaws.LocalAwsOptions;
import io.renderfleet.standalone.Fleet;
import io.renderfleet.standalone.FleetPorts;
import io.renderfleet.standalone.ServiceLogs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Starts the fleet on local AWS, measures it and then the renderer, prints a table and writes it as JSON. Exits with 1
 * when something is missed that must hold, or could not be measured.
 */
public final class BenchApplication {
    private static final int FAILED = 1;
    private static final int BAD_ARGUMENT = 2;

    private BenchApplication() {}

    public static void main(String[] arguments) throws InterruptedException {
        if (arguments.length > 0 && arguments[0].equals("chaos")) {
            String[] own = Arrays.copyOfRange(arguments, 1, arguments.length);
            System.exit(ChaosCommand.run(own, System.out, System.err));
        }
        if (arguments.length > 1 || (arguments.length == 1 && arguments[0].startsWith("-"))) {
            System.err.println(
                    "usage: bench [FILE]    measure, print a table and write it to FILE (target/bench.json)");
            System.exit(BAD_ARGUMENT);
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
            System.exit(FAILED);
        }
        System.exit(conclude(report, file));
    }

    private static void measureFleet(BenchReport report) throws InterruptedException {
        LocalAwsOptions options = LocalAwsOptions.onFreePorts();
        try (LocalAws aws = LocalAws.start(options)) {
            aws.putSamples();
            try (Fleet fleet = Fleet.start(aws, FleetPorts.free(), Map.of("renderfleet.worker.grace", "0s"));
                    JobsClient client = new JobsClient(fleet.api(), Clock.systemUTC());
                    StoredResults results = new StoredResults(options, aws.endpoints())) {
                new FleetBench(client, results, System.out).measure(report);
                report.add("Memory: clients, three services in three regions, and local AWS in one JVM", memory());
            }
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

    private static int conclude(BenchReport report, Path file) {
        System.out.println("Written to " + file);
        List<Figure> broken = report.broken();
        broken.forEach(figure -> System.err.printf(
                "bench: %s (%s) must hold and does not: %s%n", figure.label(), figure.key(), figure.values()));
        return broken.isEmpty() ? 0 : FAILED;
    }
}
