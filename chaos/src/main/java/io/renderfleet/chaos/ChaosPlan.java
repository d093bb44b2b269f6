package io.renderfleet.chaos;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Stream;

/**
 * All submissions and faults of a run with their times: a pure function of four numbers and the times of events, so that a
 * run can be repeated. The thread schedule and the clocks of the fleet still differ between runs of the same plan.
 *
 * @param length the time in which jobs are submitted and faults happen
 * @param submissions sorted by time
 * @param faults sorted by time; the last one is undone before the length is over
 * @param load inference jobs that are submitted when the faults are over, and keep the model server busy
 */
record ChaosPlan(Duration length, List<Submission> submissions, List<Fault> faults, List<PlannedJob> load) {
    /** Enough to use all calls of the model server for most of a minute. */
    private static final int LOAD_JOBS = 20;

    /** Named explicitly, because the JDK may change its default generator. */
    private static final String GENERATOR = "L64X128MixRandom";

    ChaosPlan {
        submissions = List.copyOf(submissions);
        faults = List.copyOf(faults);
        load = List.copyOf(load);
    }

    /**
     * Creates the plan.
     *
     * @param seed any
     * @param jobs at least 1
     * @param events at least 0
     * @param minutes at least 1
     * @param start the time of the first events
     */
    static ChaosPlan of(long seed, int jobs, int events, int minutes, Instant start) {
        Duration length = Duration.ofMinutes(minutes);
        SubmissionPlanner planner = new SubmissionPlanner(generator(seed), length);
        List<Submission> submissions = new ArrayList<>(planner.submissions(jobs));
        submissions.addAll(planner.events(events, start));
        submissions.sort(Comparator.comparing(Submission::at));
        // Separate generators, so that the times of the faults do not depend on the number of jobs.
        return new ChaosPlan(
                length, submissions, new FaultPlanner(generator(~seed), length).faults(jobs), planner.load(LOAD_JOBS));
    }

    /** The jobs of all submissions and of the load. */
    List<PlannedJob> jobs() {
        return Stream.concat(submissions.stream().flatMap(submission -> submission.jobs().stream()), load.stream())
                .toList();
    }

    private static RandomGenerator generator(long seed) {
        return RandomGeneratorFactory.of(GENERATOR).create(seed);
    }
}
