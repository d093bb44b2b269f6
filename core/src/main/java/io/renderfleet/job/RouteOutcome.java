package io.renderfleet.job;

import io.renderfleet.region.RegionId;

/** How sending a job to a region ended, by what the item said. */
public sealed interface RouteOutcome {

    /** The route is written; forward the message with this epoch. */
    record Routed(int epoch) implements RouteOutcome {}

    /**
     * This very message was routed before, by a distributor that may have died before it forwarded it. Forward it to
     * the region it was given then: a second copy is dropped at its claim, a missing one would be a lost job.
     */
    record RoutedBefore(RegionId region, int epoch) implements RouteOutcome {}

    /** The job has moved on without this message: delete it. */
    record Superseded(JobStatus status) implements RouteOutcome {}

    /** There is no such job. */
    record Unknown() implements RouteOutcome {}
}
