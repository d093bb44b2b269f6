package io.renderfleet.chaos;

import io.renderfleet.job.Attempt;
import io.renderfleet.job.Job;
import java.util.stream.Collectors;

/** Formats a stored job for the report of violated guarantees, without the fields of its job type. */
final class JobText {
    private JobText() {}

    /** Two lines, followed by one line for each attempt. */
    static String text(Job job) {
        return """
                  status %s, priority %s, key %s of %s, region %s, route %d, attempt %d, lease %s, cancel requested %s
                  created %s, routed %s, started %s, updated %s, finished %s
            """.formatted(
                        job.status(),
                        job.priority(),
                        job.orderingKey(),
                        job.userId(),
                        job.region(),
                        job.routeEpoch(),
                        job.attempt(),
                        job.lease(),
                        job.cancelRequested(),
                        job.createdAt(),
                        job.routedAt(),
                        job.startedAt(),
                        job.updatedAt(),
                        job.finishedAt())
                .concat(job.attempts().stream().map(JobText::line).collect(Collectors.joining()))
                .stripTrailing();
    }

    private static String line(Attempt attempt) {
        return "      attempt %d at %s in %s, %s to %s: %s%s%n"
                .formatted(
                        attempt.number(),
                        attempt.worker(),
                        attempt.region(),
                        attempt.startedAt(),
                        attempt.endedAt(),
                        attempt.outcome(),
                        attempt.error() == null
                                ? ""
                                : ", " + attempt.error().code() + ": "
                                        + attempt.error().message());
    }
}
