package io.renderfleet.simulator;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Simulates the workers of a region with the numbers of their CloudFormation template and prints the results. With the
 * documented seed it also writes the tables and charts of {@code docs/scaling.md}. Exits with 0 when everything was
 * written, with 1 if it could not be, and with 2 for invalid arguments.
 */
@Command(
        name = "simulator",
        mixinStandardHelpOptions = true,
        versionProvider = SimulatorApplication.Version.class,
        description = "Simulates how the workers of a region scale, with the numbers of their CloudFormation template."
                + " Run it in the project's directory.")
public final class SimulatorApplication implements Callable<Integer> {
    private static final int FAILED = 1;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description =
                    "Decides the simulated load. The default, ${DEFAULT-VALUE}, also writes the tables and charts of "
                            + ScalingDocument.PATH + ".")
    private long seed = ScalingDocument.SEED;

    private SimulatorApplication() {}

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        return new CommandLine(new SimulatorApplication());
    }

    /** Says which build this is. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Version.class.getPackage().getImplementationVersion();
            return new String[] {"simulator " + (version == null ? "(development build)" : version)};
        }
    }

    @Override
    public Integer call() {
        try {
            run(Path.of(""), seed, System.out);
            return 0;
        } catch (SimulationException | IOException e) {
            System.err.println("simulator: " + e.getMessage());
            return FAILED;
        }
    }

    private static void run(Path root, long seed, PrintStream out) throws IOException {
        ScalingSettings settings = WorkerTemplate.read(root.resolve(WorkerTemplate.PATH));
        String comparison = Comparison.text(settings, seed);
        out.println("Start latency by policy, with the numbers of " + WorkerTemplate.PATH + ", seed " + seed);
        out.println();
        out.println(comparison);
        String variants = Variants.text(settings, seed);
        out.println("The template's policy with one number changed, up to " + Variants.MANY_TASKS + " tasks");
        out.println();
        out.println(variants);
        if (seed != ScalingDocument.SEED) {
            out.println(ScalingDocument.PATH + " shows seed " + ScalingDocument.SEED + " and was not changed.");
            return;
        }
        Path document = root.resolve(ScalingDocument.PATH);
        write(document, ScalingDocument.updated(Files.readString(document), comparison, variants), out);
        for (Map.Entry<String, String> picture :
                ScalingDocument.pictures(settings).entrySet()) {
            write(root.resolve(picture.getKey()), picture.getValue(), out);
        }
    }

    private static void write(Path file, String text, PrintStream out) throws IOException {
        Files.writeString(file, text);
        out.println("Written to " + file);
    }
}
