package io.renderfleet.chaos;

import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * All submissions and faults of a run with their times: a pure function of three numbers, so that a run can be
 * repeated. The thread schedule and the clocks of the fleet still differ between runs of the same plan.
 *
 * @param length the time in which jobs are submitted and faults happen
 * @param submissions sorted by time
 * @param faults sorted by time; the last one is undone before the length is over
 */
record ChaosPlan(Duration length, List<Submission> submissions, List<Fault> faults) {
    /** Named explicitly, because the JDK may change its default generator. */
    private static final String GENERATOR = "L64X128MixRandom";

    ChaosPlan {
        submissions = List.copyOf(submissions);
        faults = List.copyOf(faults);
    }

    /**
     * Creates the plan.
     *
     * @param seed any
     * @param jobs at least 1
     * @param minutes at least 1
     */
    static ChaosPlan of(long seed, int jobs, int minutes) {
        Duration length = Duration.ofMinutes(minutes);
        // Separate generators, so that the times of the faults do not depend on the number of jobs.
        return new ChaosPlan(
                length,
                new SubmissionPlanner(generator(seed), length).submissions(jobs),
                new FaultPlanner(generator(~seed), length).faults(jobs));
    }

    private static RandomGenerator generator(long seed) {
        return RandomGeneratorFactory.of(GENERATOR).create(seed);
    }
}
