package io.renderfleet.chaos;

import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Everything that clients ask for and everything bad that happens, with its time: a pure function of three numbers, so
 * that a run can be repeated. What the fleet makes of it is not, since threads and clocks have their part in that.
 *
 * @param length of the time in which jobs are submitted and faults happen
 * @param submissions by their time
 * @param faults by their time; the last of them is undone before the length is over
 */
record ChaosPlan(Duration length, List<Submission> submissions, List<Fault> faults) {
    /** A generator that the JDK always has, by name: the default one may change from release to release. */
    private static final String GENERATOR = "L64X128MixRandom";

    ChaosPlan {
        submissions = List.copyOf(submissions);
        faults = List.copyOf(faults);
    }

    /**
     * Makes the plan.
     *
     * @param seed any
     * @param jobs at least 1
     * @param minutes at least 1
     */
    static ChaosPlan of(long seed, int jobs, int minutes) {
        Duration length = Duration.ofMinutes(minutes);
        // One generator each, so that another number of jobs leaves the faults' times as they are.
        return new ChaosPlan(
                length,
                new SubmissionPlanner(generator(seed), length).submissions(jobs),
                new FaultPlanner(generator(~seed), length).faults(jobs));
    }

    private static RandomGenerator generator(long seed) {
        return RandomGeneratorFactory.of(GENERATOR).create(seed);
    }
}
