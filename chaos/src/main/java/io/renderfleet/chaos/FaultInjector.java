package io.renderfleet.chaos;

import io.renderfleet.client.ClientException;
import io.renderfleet.client.ProblemException;
import io.renderfleet.client.RenderfleetClient;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobId;
import io.renderfleet.queue.JobMessage;
import io.renderfleet.queue.JobQueue;
import io.renderfleet.queue.Lane;
import io.renderfleet.queue.QueueUnavailableException;
import io.renderfleet.region.RegionId;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Injects faults at the level of jobs: duplicate deliveries, cancellations and retries. Thread-safe. */
final class FaultInjector {
    private static final int RECENT = 20;
    private static final int CONFLICT = 409;
    private static final Duration SENDING = Duration.ofSeconds(20);
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(20);

    private final StoredState state;
    private final RenderfleetClient client;
    private final RunRecord record;

    FaultInjector(StoredState state, RenderfleetClient client, RunRecord record) {
        this.state = state;
        this.client = client.with(
                client.options().withRetries(client.options().retries().within(Integer.MAX_VALUE, ANSWER_LIMIT)));
        this.record = record;
    }

    /** Sends the message of an open job a second time; does nothing when no job is open. */
    void duplicate(Fault.Duplicate fault) throws InterruptedException {
        List<JobId> open = state.open();
        if (open.isEmpty()) {
            return;
        }
        Job job = state.job(picked(open, fault.pick()));
        boolean old = fault.old() && job.routeEpoch() > 0;
        JobMessage message = JobMessage.of(job).withRouteEpoch(old ? job.routeEpoch() - 1 : job.routeEpoch());
        try {
            // A resend, because a FIFO queue drops a message with a deduplication id that it has seen.
            queue(job, fault.master(), message.lane())
                    .sendAgain(message)
                    .get(SENDING.toMillis(), TimeUnit.MILLISECONDS);
            record.count(old ? ChaosEvent.DUPLICATE_OLD : ChaosEvent.DUPLICATE_PRESENT);
        } catch (ExecutionException | TimeoutException | QueueUnavailableException e) {
            record.unexpected("a duplicate message could not be sent: " + e);
        }
    }

    /** A message with route epoch 0 was never routed, so it belongs in the master queue. */
    private JobQueue queue(Job job, boolean master, Lane lane) {
        RegionId region = job.region();
        return master || region == null || job.routeEpoch() == 0
                ? state.queues().master(job.pool(), lane)
                : state.queues().regional(region, job.pool(), lane);
    }

    /** Cancels one of the most recently accepted jobs. */
    void cancel(Fault.Cancel fault) throws InterruptedException {
        List<JobId> all = record.inOrder();
        List<JobId> recent = all.subList(Math.max(0, all.size() - RECENT), all.size());
        if (recent.isEmpty()) {
            return;
        }
        JobId id = picked(recent, fault.pick());
        if (call(
                () -> client.cancel(id.toString()),
                "POST /jobs/{id}/cancel",
                ChaosEvent.CANCELLED,
                ChaosEvent.CANCEL_REFUSED)) {
            record.cancelled(id);
        }
    }

    /** Retries a job that was cancelled. */
    void retry(Fault.Retry fault) throws InterruptedException {
        List<JobId> cancelled = record.cancelled();
        if (cancelled.isEmpty()) {
            return;
        }
        JobId id = picked(cancelled, fault.pick());
        // Recorded first: a retry whose answer is lost may still have been accepted.
        record.retried(id);
        var _ = call(
                () -> client.retry(id.toString()),
                "POST /jobs/{id}/retry",
                ChaosEvent.RETRIED,
                ChaosEvent.RETRY_REFUSED);
    }

    /** Calls the API for a job; returns whether it accepted. */
    private boolean call(Action action, String what, ChaosEvent accepted, ChaosEvent refused)
            throws InterruptedException {
        try {
            action.run();
            record.count(accepted);
            return true;
        } catch (ProblemException e) {
            if (e.status() == CONFLICT) {
                record.count(refused);
            } else {
                record.unexpected(what + " was answered with " + e.status() + " " + e.type());
            }
        } catch (ClientException e) {
            record.unexpected(what + " was not answered within " + ANSWER_LIMIT);
        }
        return false;
    }

    /** A call of the client. */
    @FunctionalInterface
    private interface Action {
        Object run() throws InterruptedException;
    }

    private static JobId picked(List<JobId> jobs, double pick) {
        return jobs.get((int) (pick * jobs.size()));
    }
}
