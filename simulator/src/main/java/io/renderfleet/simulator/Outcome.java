package io.renderfleet.simulator;

import io.renderfleet.report.Percentiles;
import java.util.List;

/**
 * The result of a simulation.
 *
 * @param jobs all submitted jobs, in order
 * @param seconds the simulated time
 * @param onDemandHours the task-hours on demand
 * @param spotHours the task-hours on Spot
 * @param dollars the cost of all task-hours
 * @param minutes the metrics that CloudWatch received, by minute from the start
 */
record Outcome(
        List<QueuedJob> jobs,
        int seconds,
        double onDemandHours,
        double spotHours,
        double dollars,
        List<MinuteSample> minutes) {
    private static final double PER_THOUSAND = 1_000;

    Outcome {
        jobs = List.copyOf(jobs);
        minutes = List.copyOf(minutes);
    }

    long finished() {
        return jobs.stream().filter(QueuedJob::isFinished).count();
    }

    long unfinished() {
        return jobs.size() - finished();
    }

    /** The number of attempts that were lost. */
    long interruptions() {
        return jobs.stream().mapToLong(QueuedJob::interruptions).sum();
    }

    double taskHours() {
        return onDemandHours + spotHours;
    }

    /** The dollars per thousand finished jobs; NaN if no job finished. */
    double costPerThousand() {
        return finished() == 0 ? Double.NaN : dollars / finished() * PER_THOUSAND;
    }

    /**
     * The seconds from submission to the first start; for a job that never started, until the end of the simulation.
     */
    Percentiles startLatency() {
        return new Percentiles(
                jobs.stream().map(job -> (double) job.startLatency(seconds)).toList());
    }
}
