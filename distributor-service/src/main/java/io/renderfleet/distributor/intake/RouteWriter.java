package io.renderfleet.distributor.intake;

import io.renderfleet.distributor.intake.RegionChoice.Choice;
import io.renderfleet.distributor.intake.RoutingDecision.LeaveReason;
import io.renderfleet.distributor.intake.RoutingDecision.SkipReason;
import io.renderfleet.job.JobStatus;
import io.renderfleet.job.JobStore;
import io.renderfleet.job.JobStore.RouteOutcome;
import io.renderfleet.queue.JobMessage;
import io.renderfleet.region.RegionId;
import io.renderfleet.telemetry.JobTraces;

/**
 * Writes the route of a message's job, or determines why there is none to write.
 *
 * <p>If the job was already routed with this message, it is forwarded to the same region, unless that region is full or
 * unreachable; then the job is routed again with the next route epoch. This is safe at every point. The write is
 * conditional on the epoch that was just read and on a job that is PENDING, so it fails if a worker has claimed a copy.
 * After the write, every copy with the older epoch is void. If the distributor then dies, the next receiver of this
 * message gets the newest route from the job and forwards the message there.
 */
final class RouteWriter {
    private final JobStore jobs;
    private final JobTraces traces;

    RouteWriter(JobStore jobs, JobTraces traces) {
        this.jobs = jobs;
        this.traces = traces;
    }

    /**
     * Routes one message.
     *
     * @param planned the region for the job if it has no route yet
     */
    RoutingDecision write(JobMessage message, RegionId planned, Choice choice) {
        return traces.in(message.jobId().uuid(), message.trace(), "route", () -> decide(message, planned, choice));
    }

    private RoutingDecision decide(JobMessage message, RegionId planned, Choice choice) {
        RouteOutcome outcome = jobs.route(message.jobId(), message.routeEpoch(), planned);
        if (outcome instanceof RouteOutcome.RoutedBefore(RegionId before, int epoch)) {
            return choice.isOpen(before, message)
                    ? forward(message, before, epoch)
                    : decision(message, planned, jobs.route(message.jobId(), epoch, planned));
        }
        return decision(message, planned, outcome);
    }

    private static RoutingDecision decision(JobMessage message, RegionId planned, RouteOutcome outcome) {
        return switch (outcome) {
            case RouteOutcome.Routed(int epoch) -> forward(message, planned, epoch);
            case RouteOutcome.RoutedBefore before -> new RoutingDecision.Leave(LeaveReason.CONTENDED);
            case RouteOutcome.Held held -> new RoutingDecision.Leave(LeaveReason.HELD);
            case RouteOutcome.Superseded(JobStatus status) ->
                new RoutingDecision.Skip(status.isTerminal() ? SkipReason.TERMINAL : SkipReason.SUPERSEDED);
            case RouteOutcome.Unknown unknown -> new RoutingDecision.Leave(LeaveReason.UNKNOWN_JOB);
        };
    }

    private static RoutingDecision forward(JobMessage message, RegionId region, int epoch) {
        return new RoutingDecision.Forward(region, message.withRouteEpoch(epoch));
    }
}
