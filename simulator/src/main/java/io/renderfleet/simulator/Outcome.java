package io.renderfleet.simulator;

import io.renderfleet.report.Percentiles;
import java.util.List;

/**
 * The result of a simulation.
 *
 * @param jobs all that were submitted, in order
 * @param seconds it went on for
 * @param onDemandHours task-hours that were never reclaimed
 * @param spotHours task-hours on Spot
 * @param dollars for all of them
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

    /** How many attempts were lost. */
    long interruptions() {
        return jobs.stream().mapToLong(QueuedJob::interruptions).sum();
    }

    double taskHours() {
        return onDemandHours + spotHours;
    }

    /** Dollars for a thousand finished jobs; NaN when no job finished. */
    double costPerThousand() {
        return finished() == 0 ? Double.NaN : dollars / finished() * PER_THOUSAND;
    }

    /** Seconds from submission to the first start; a job that never started waited until the end. */
    Percentiles startLatency() {
        return new Percentiles(
                jobs.stream().map(job -> (double) job.startLatency(seconds)).toList());
    }
}
