package io.renderfleet.chaos;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The arguments of a run.
 *
 * @param seed decides the plan, together with the next two numbers
 * @param jobs 1 to 100,000
 * @param minutes in which jobs are submitted and faults happen, 1 to 600
 * @param root the project's directory, with the built jars of its modules
 */
record ChaosOptions(long seed, int jobs, int minutes, Path root) {
    static final String USAGE = "usage: chaos [--seed S] [--jobs N] [--minutes M] [--root DIR]";

    private static final int MAX_JOBS = 100_000;
    private static final int MAX_MINUTES = 600;
    private static final int JOBS = 500;
    private static final int MINUTES = 4;

    ChaosOptions {
        if (jobs < 1 || jobs > MAX_JOBS) {
            throw new IllegalArgumentException("--jobs must be from 1 to " + MAX_JOBS);
        }
        if (minutes < 1 || minutes > MAX_MINUTES) {
            throw new IllegalArgumentException("--minutes must be from 1 to " + MAX_MINUTES);
        }
    }

    /** {@link IllegalArgumentException} with one line that tells what is wrong. An empty value leaves the default. */
    static ChaosOptions parse(String... arguments) {
        long seed = ThreadLocalRandom.current().nextLong(1_000_000);
        int jobs = JOBS;
        int minutes = MINUTES;
        Path root = Path.of("");
        Iterator<String> words = Arrays.asList(arguments).iterator();
        while (words.hasNext()) {
            String name = words.next();
            if (!words.hasNext()) {
                throw new IllegalArgumentException(name + " needs a value");
            }
            String value = words.next();
            if (value.isEmpty()) {
                continue;
            }
            switch (name) {
                case "--seed" -> seed = number(name, value);
                case "--jobs" -> jobs = Math.toIntExact(number(name, value));
                case "--minutes" -> minutes = Math.toIntExact(number(name, value));
                case "--root" -> root = Path.of(value);
                default -> throw new IllegalArgumentException("'" + name + "' is no option");
            }
        }
        return new ChaosOptions(seed, jobs, minutes, root);
    }

    private static long number(String name, String value) {
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + " wants a number, not '" + value + "'", e);
        }
    }

    /** The command that repeats the plan. */
    String command() {
        return "make chaos SEED=" + seed + " JOBS=" + jobs + " MINUTES=" + minutes;
    }
}
