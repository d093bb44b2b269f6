package io.renderfleet.chaos;

import java.nio.file.Path;

/**
 * The arguments of a run; {@link IllegalArgumentException} when one is out of its range.
 *
 * @param seed decides the plan, together with the next three numbers
 * @param jobs 1 to 100,000
 * @param events 0 to 100,000, submitted in addition to the jobs
 * @param minutes in which jobs are submitted and faults happen, 1 to 600
 * @param root the project's directory, with the built jars of its modules
 */
record ChaosOptions(long seed, int jobs, int events, int minutes, Path root) {
    private static final int MAX_JOBS = 100_000;
    private static final int MAX_MINUTES = 600;

    ChaosOptions {
        if (jobs < 1 || jobs > MAX_JOBS) {
            throw new IllegalArgumentException("--jobs must be from 1 to " + MAX_JOBS);
        }
        if (events < 0 || events > MAX_JOBS) {
            throw new IllegalArgumentException("--events must be from 0 to " + MAX_JOBS);
        }
        if (minutes < 1 || minutes > MAX_MINUTES) {
            throw new IllegalArgumentException("--minutes must be from 1 to " + MAX_MINUTES);
        }
    }

    /** The command that repeats the plan. */
    String command() {
        return "make chaos SEED=" + seed + " JOBS=" + jobs + (events == 0 ? "" : " EVENTS=" + events) + " MINUTES="
                + minutes;
    }
}
