package io.renderfleet.chaos;

import io.renderfleet.chaos.ApiClient.Answer;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobId;
import io.renderfleet.queue.JobMessage;
import io.renderfleet.queue.JobQueue;
import io.renderfleet.queue.Lane;
import io.renderfleet.queue.QueueUnavailableException;
import io.renderfleet.region.RegionId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Does to jobs what SQS and their owners may do at any time: deliver again, cancel, retry. Thread-safe. */
final class FaultInjector {
    private static final int RECENT = 20;
    private static final int ACCEPTED = 202;
    private static final int CONFLICT = 409;
    private static final Duration SENDING = Duration.ofSeconds(20);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final StoredState state;
    private final ApiClient client;
    private final RunRecord record;

    FaultInjector(StoredState state, ApiClient client, RunRecord record) {
        this.state = state;
        this.client = client;
        this.record = record;
    }

    /** Sends the message of an open job once more; nothing when no job is open. */
    void duplicate(Fault.Duplicate fault) throws InterruptedException {
        List<JobId> open = state.open();
        if (open.isEmpty()) {
            return;
        }
        Job job = state.job(picked(open, fault.pick()));
        boolean old = fault.old() && job.routeEpoch() > 0;
        JobMessage message = JobMessage.of(job).withRouteEpoch(old ? job.routeEpoch() - 1 : job.routeEpoch());
        try {
            // Again: a FIFO queue would drop what it has seen before.
            queue(job, fault.master(), message.lane())
                    .sendAgain(message)
                    .get(SENDING.toMillis(), TimeUnit.MILLISECONDS);
            record.count(old ? ChaosEvent.DUPLICATE_OLD : ChaosEvent.DUPLICATE_PRESENT);
        } catch (ExecutionException | TimeoutException | QueueUnavailableException e) {
            record.unexpected("a duplicate was not sent: " + e);
        }
    }

    /** A message with route 0 is one that was never routed: only the master queue ever holds such. */
    private JobQueue queue(Job job, boolean master, Lane lane) {
        RegionId region = job.region();
        return master || region == null || job.routeEpoch() == 0
                ? state.queues().master(lane)
                : state.queues().regional(region, lane);
    }

    /** Cancels one of the jobs that were accepted last. */
    void cancel(Fault.Cancel fault) throws InterruptedException {
        List<JobId> all = record.inOrder();
        List<JobId> recent = all.subList(Math.max(0, all.size() - RECENT), all.size());
        if (recent.isEmpty()) {
            return;
        }
        JobId id = picked(recent, fault.pick());
        if (asked(id, "cancel", ChaosEvent.CANCELLED, ChaosEvent.CANCEL_REFUSED)) {
            record.cancelled(id);
        }
    }

    /** Wants a job after all that was cancelled before. */
    void retry(Fault.Retry fault) throws InterruptedException {
        List<JobId> cancelled = record.cancelled();
        if (cancelled.isEmpty()) {
            return;
        }
        JobId id = picked(cancelled, fault.pick());
        // Beforehand: a retry whose answer is lost may have been made all the same.
        record.retried(id);
        var _ = asked(id, "retry", ChaosEvent.RETRIED, ChaosEvent.RETRY_REFUSED);
    }

    private boolean asked(JobId id, String what, ChaosEvent accepted, ChaosEvent refused) throws InterruptedException {
        Optional<Answer> answer =
                client.insist("/jobs/" + id + "/" + what, Map.of(), null, System.nanoTime() + PATIENCE.toNanos());
        int status = answer.map(Answer::status).orElse(0);
        switch (status) {
            case 0 -> record.unexpected("POST /jobs/{id}/" + what + " was not answered in " + PATIENCE);
            case ACCEPTED -> record.count(accepted);
            case CONFLICT -> record.count(refused);
            default -> record.unexpected("POST /jobs/{id}/" + what + " answered " + status);
        }
        return status == ACCEPTED;
    }

    private static JobId picked(List<JobId> jobs, double pick) {
        return jobs.get((int) (pick * jobs.size()));
    }
}
