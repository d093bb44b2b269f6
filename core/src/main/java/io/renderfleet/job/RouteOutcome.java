package io.renderfleet.job;

import io.renderfleet.region.RegionId;

/** How sending a job to a region ended, by what the item said. */
public sealed interface RouteOutcome {

    /** The route is written; forward the message with this epoch. */
    record Routed(int epoch) implements RouteOutcome {}

    /**
     * The job was routed before, by this message or by a newer one, and has not started; whoever wrote that route may
     * have died before it forwarded anything. Forward the message with this epoch to this region: a second copy is
     * dropped at its claim, a missing one would be a lost job.
     */
    record RoutedBefore(RegionId region, int epoch) implements RouteOutcome {}

    /** A worker holds the job by this very message, which was received from its region: leave it to the worker. */
    record Held() implements RouteOutcome {}

    /** The job has moved on without this message: delete it. */
    record Superseded(JobStatus status) implements RouteOutcome {}

    /** There is no such job. */
    record Unknown() implements RouteOutcome {}
}
