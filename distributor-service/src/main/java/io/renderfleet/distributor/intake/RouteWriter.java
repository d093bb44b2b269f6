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
 * Writes a message's route, or finds out why there is none to write.
 *
 * <p>A message whose route is written already goes where it was meant to go, unless that region is full or away: then
 * the route is written anew with the next epoch. That is safe at every point. The write needs the epoch just read and
 * a job that is still PENDING, so it loses against a worker that has claimed a copy; once it is written, every copy of
 * the older epoch is void at its claim; and whoever receives this message again after a crash, with its epoch by then
 * two behind, is told the newest route and forwards to that.
 */
final class RouteWriter {
    private final JobStore jobs;
    private final JobTraces traces;

    RouteWriter(JobStore jobs, JobTraces traces) {
        this.jobs = jobs;
        this.traces = traces;
    }

    /** @param planned where the message goes if it has no route yet */
    RoutingDecision write(JobMessage message, RegionId planned, Choice choice) {
        return traces.in(message.jobId().uuid(), "route", () -> decide(message, planned, choice));
    }

    private RoutingDecision decide(JobMessage message, RegionId planned, Choice choice) {
        RouteOutcome outcome = jobs.route(message.jobId(), message.routeEpoch(), planned);
        if (outcome instanceof RouteOutcome.RoutedBefore(RegionId before, int epoch)) {
            return choice.isOpen(before, message)
                    ? forward(message, before, epoch)
                    : verdict(message, planned, jobs.route(message.jobId(), epoch, planned));
        }
        return verdict(message, planned, outcome);
    }

    private static RoutingDecision verdict(JobMessage message, RegionId planned, RouteOutcome outcome) {
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
