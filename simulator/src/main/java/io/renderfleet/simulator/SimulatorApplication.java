package io.renderfleet.simulator;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Simulates the workers of a region with the numbers of their CloudFormation template and prints the results. With the
 * documented seed it also writes the tables and charts of {@code docs/scaling.md}. Exits with 0 when everything was
 * written, with 1 when it could not be, and with 2 for wrong usage.
 */
public final class SimulatorApplication {
    private static final String USAGE = "usage: simulator [--seed S], in the project's directory";
    private static final int FAILED = 1;
    private static final int BAD_ARGUMENT = 2;

    private SimulatorApplication() {}

    public static void main(String[] arguments) {
        System.exit(run(arguments, System.out, System.err));
    }

    static int run(String[] arguments, PrintStream out, PrintStream err) {
        long seed = ScalingDocument.SEED;
        if (arguments.length == 2 && arguments[0].equals("--seed") && arguments[1].matches("[0-9]{0,18}")) {
            seed = arguments[1].isEmpty() ? seed : Long.parseLong(arguments[1]);
        } else if (arguments.length > 0) {
            err.println(USAGE);
            return BAD_ARGUMENT;
        }
        try {
            run(Path.of(""), seed, out);
            return 0;
        } catch (SimulationException | IOException e) {
            err.println("simulator: " + e.getMessage());
            return FAILED;
        }
    }

    private static void run(Path root, long seed, PrintStream out) throws IOException {
        ScalingSettings settings = WorkerTemplate.read(root.resolve(WorkerTemplate.PLACE));
        String comparison = Comparison.text(settings, seed);
        out.println("Start latency by policy, with the numbers of " + WorkerTemplate.PLACE + ", seed " + seed);
        out.println();
        out.println(comparison);
        String variants = Variants.text(settings, seed);
        out.println("The template's policy with one number changed, up to " + Variants.MANY_TASKS + " tasks");
        out.println();
        out.println(variants);
        if (seed != ScalingDocument.SEED) {
            out.println(ScalingDocument.PLACE + " shows seed " + ScalingDocument.SEED + " and is left as it is.");
            return;
        }
        Path document = root.resolve(ScalingDocument.PLACE);
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
