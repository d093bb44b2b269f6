package io.renderfleet.distributor.recovery;

import io.github.resilience4j.retry.Retry;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.renderfleet.distributor.recovery.RecoveryPolicy.FleetView;
import io.renderfleet.distributor.recovery.RecoveryPolicy.RecoveryAction;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobEndListener;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobRecovery;
import io.renderfleet.job.JobRecovery.Due;
import io.renderfleet.job.JobRecovery.DueEntries;
import io.renderfleet.job.JobTable;
import io.renderfleet.job.UnreadableJobException;
import io.renderfleet.queue.JobMessage;
import io.renderfleet.queue.JobQueue;
import io.renderfleet.queue.JobQueues;
import io.renderfleet.queue.Lane;
import io.renderfleet.region.PassingFailure;
import io.renderfleet.region.RegionId;
import io.renderfleet.telemetry.FleetMetric;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Checks every open job that is due for a check, and recovers jobs that do not progress. Several distributors can sweep
 * at the same time: each recovery is one conditional write on the state that was read, and only one of them succeeds.
 * The write schedules the next check soon; after SQS has the message, a second write schedules it for the usual time.
 * So if a message could not be sent, or its distributor died before sending it, the next check sends it without further
 * evidence.
 *
 * <p>A job that has ended is due when its completion event may not have been sent; the watchdog sends it.
 *
 * <p>A job that cannot be read or processed is counted and parked for {@link #PARKED_FOR}, so that it does not delay
 * other jobs; then it is tried again. If the job store does not respond, the job stays due, and the sweep ends after
 * {@link #MAX_STORE_FAILURES} such failures in a row, because they indicate an outage rather than a faulty job.
 *
 * <p>When no job is due, a sweep is one query per shard.
 */
final class Watchdog {
    /** The maximum number of batches of one shard in a sweep; the next sweep continues. */
    private static final int MAX_BATCHES = 10;

    /** This many failures of the job store in a row end a sweep. */
    private static final int MAX_STORE_FAILURES = 5;

    /** The time after which a job that could not be read or processed is tried again. */
    static final Duration PARKED_FOR = Duration.ofMinutes(10);

    private static final Predicate<Throwable> PASSING = new PassingFailure();
    private static final Duration SEND_TIMEOUT = Duration.ofSeconds(5);

    /** The time after which a job whose message could not be sent is checked again. */
    private static final Duration SOON = Duration.ofSeconds(15);

    private static final Logger log = LoggerFactory.getLogger(Watchdog.class);

    private final JobRecovery jobs;
    private final JobQueues queues;
    private final RecoveryPolicy policy;
    private final Supplier<FleetView> fleet;
    private final int batch;
    private final Retry sends;
    private final JobEndListener events;
    private final Clock clock;
    private final MeterRegistry meters;

    /**
     * Creates a watchdog.
     *
     * @param fleet creates the view of the fleet for one sweep
     * @param batch the number of due jobs that are read from a shard at a time
     * @param sends retries the sending of a message; if all tries fail, the next check sends it
     * @param events sends completion events that were not sent when their jobs ended
     */
    Watchdog(
            JobRecovery jobs,
            JobQueues queues,
            RecoveryPolicy policy,
            Supplier<FleetView> fleet,
            int batch,
            Retry sends,
            JobEndListener events,
            Clock clock,
            MeterRegistry meters) {
        this.jobs = jobs;
        this.queues = queues;
        this.policy = policy;
        this.fleet = fleet;
        this.batch = batch;
        this.sends = sends;
        this.events = events;
        this.clock = clock;
        this.meters = meters;
        // Registered at 0: Prometheus does not count the first value of a series as an increase.
        Arrays.stream(ParkReason.values()).forEach(this::parked);
    }

    /** Why a job was parked; the tag {@code reason} of the counter. */
    private enum ParkReason {
        UNREADABLE,
        UNPROCESSABLE
    }

    private Counter parked(ParkReason reason) {
        return Counter.builder(FleetMetric.DISTRIBUTOR_PARKED.metricName())
                .description(FleetMetric.DISTRIBUTOR_PARKED.description())
                .tag("reason", reason.name().toLowerCase(Locale.ROOT))
                .register(meters);
    }

    /** Checks all due jobs once. Ends early if the thread is interrupted or the job store fails repeatedly. */
    void sweep() {
        Sweep sweep = new Sweep(fleet.get());
        // Starts at a random shard, so that no shard is always last when the limits of a sweep are used up.
        int first = ThreadLocalRandom.current().nextInt(JobTable.CHECK_SHARDS);
        for (int i = 0; i < JobTable.CHECK_SHARDS && !sweep.isOver(); i++) {
            sweep.checkShard((first + i) % JobTable.CHECK_SHARDS);
        }
        if (!sweep.isOver()) {
            sweep.checkShard(JobTable.PARKED_SHARD);
        }
    }

    /** One sweep, in which a failure of one job does not affect the others. Confined to the thread of the sweep. */
    private final class Sweep {
        private final FleetView fleet;
        private final Set<String> failingQueues = new HashSet<>();
        private int storeFailures;

        Sweep(FleetView fleet) {
            this.fleet = fleet;
        }

        boolean isOver() {
            return Thread.currentThread().isInterrupted() || storeFailures >= MAX_STORE_FAILURES;
        }

        void checkShard(int shard) {
            // The index is eventually consistent: it may still list jobs whose check was postponed.
            for (int batches = 0; batches < MAX_BATCHES && !isOver(); batches++) {
                DueEntries due = new DueEntries(List.of(), List.of());
                try {
                    due = jobs.due(shard, batch);
                } catch (SdkException e) {
                    storeFailed("Shard " + shard + " of the open jobs", e);
                }
                due.ids().forEach(this::checkGuarded);
                due.unreadable().forEach(this::parkUnreadable);
                if (due.size() < batch) {
                    return;
                }
            }
        }

        private void checkGuarded(JobId id) {
            if (isOver()) {
                return;
            }
            try {
                try {
                    check(id, fleet, failingQueues);
                } catch (UnreadableJobException e) {
                    log.warn(
                            "Job {} was written by a newer version of the service and is parked for {}. Update the"
                                    + " distributors: {}",
                            id,
                            PARKED_FOR,
                            e.getMessage());
                    park(id, ParkReason.UNREADABLE);
                } catch (RuntimeException e) {
                    if (e instanceof SdkException aws && (aws instanceof AbortedException || PASSING.test(aws))) {
                        throw aws;
                    }
                    log.error("Unexpected error while checking job {}, which is parked for {}", id, PARKED_FOR, e);
                    park(id, ParkReason.UNPROCESSABLE);
                }
                storeFailures = 0;
            } catch (SdkException e) {
                storeFailed("Job " + id, e);
            }
        }

        /** Parks an entry whose key is not a job id, so that it is counted and listed, and delays no job. */
        private void parkUnreadable(String key) {
            if (isOver()) {
                return;
            }
            try {
                log.warn(
                        "The item {} of the jobs table is listed as an open job, but its key is not a job id. It is parked"
                                + " for {}; delete it if no service of yours wrote it",
                        key,
                        PARKED_FOR);
                parked(ParkReason.UNREADABLE).increment();
                jobs.parkUnreadable(key, clock.instant().plus(PARKED_FOR));
            } catch (SdkException e) {
                storeFailed("The item " + key, e);
            }
        }

        private void park(JobId id, ParkReason reason) {
            parked(reason).increment();
            jobs.park(id, clock.instant().plus(PARKED_FOR));
        }

        private void storeFailed(String what, SdkException e) {
            storeFailures++;
            log.warn(
                    "{} could not be checked because the job store failed; trying again in the next sweep{}: {}",
                    what,
                    storeFailures == MAX_STORE_FAILURES ? ", and this sweep ends now" : "",
                    e.toString());
        }
    }

    /**
     * Checks one job.
     *
     * @param failing the queues to which a send failed in this sweep, and to which nothing more is sent in it
     */
    private void check(JobId id, FleetView fleet, Set<String> failing) {
        if (Thread.currentThread().isInterrupted()) {
            return;
        }
        Optional<Due> found = jobs.check(id);
        if (found.isEmpty()) {
            return;
        }
        Due due = found.get();
        Job job = due.job();
        if (job.status().isTerminal()) {
            sendEvent(due);
            return;
        }
        switch (policy.of(due, fleet, clock.instant())) {
            case RecoveryAction.Wait(Instant until) -> jobs.postpone(due, later(until));
            case RecoveryAction.Resend(Instant until) -> {
                if (failing.contains(master(job).name())) {
                    jobs.postpone(due, soon());
                } else {
                    resend(due, later(until), fleet, failing);
                }
            }
            case RecoveryAction.Reroute(RecoveryPolicy.Cause cause, Instant until) -> {
                if (failing.contains(master(job).name())) {
                    jobs.postpone(due, soon());
                } else {
                    reroute(due, cause, later(until), fleet, failing);
                }
            }
            case RecoveryAction.Fail _ -> {
                if (jobs.failUnstarted(due)) {
                    count(job, "start-deadline");
                    log.info("Job {} failed because it did not start before its deadline", id);
                }
            }
        }
    }

    /** Sends the completion event of a job whose service died, or could not send it, after it ended the job. */
    private void sendEvent(Due due) {
        Job job = due.job();
        try {
            // Postponed first, so that of several distributors only one sends the event.
            if (!jobs.postpone(due, soon())) {
                return;
            }
            var _ = events.ended(job, null).get(SEND_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            count(job, "completion-event");
            log.info("Sent the completion event of job {} again, because it may not have been sent before", job.id());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            log.warn(
                    "The completion event of job {} could not be sent; trying again in {}: {}",
                    job.id(),
                    SOON,
                    e.toString());
        }
    }

    private void resend(Due due, Instant until, FleetView fleet, Set<String> failing) {
        Job job = due.job();
        Instant soon = earlier(soon(), until);
        if (jobs.resend(due, soon)) {
            count(job, "repeat");
            log.info("The message of job {} is presumed lost; sending it to the master queue again", job.id());
            fleet.presumedLost(job);
            send(job, JobQueue::sendAgain, soon, until, failing);
        }
    }

    private void reroute(Due due, RecoveryPolicy.Cause cause, Instant until, FleetView fleet, Set<String> failing) {
        Job job = due.job();
        Instant soon = earlier(soon(), until);
        jobs.reroute(due, soon).ifPresent(opened -> {
            count(job, cause.name().toLowerCase(Locale.ROOT).replace('_', '-'));
            log.info("Routing job {} again, away from region {}: {}", job.id(), job.region(), cause);
            RegionId region = job.region();
            if (cause == RecoveryPolicy.Cause.MESSAGE_LOST) {
                fleet.presumedLost(job);
            } else if (cause == RecoveryPolicy.Cause.WAITED_TOO_LONG && region != null) {
                fleet.movedAway(job, region);
            }
            send(opened, JobQueue::send, soon, until, failing);
        });
    }

    private Instant soon() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS).plus(SOON);
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    /** At least one second from now, because a job that is due again at once would be checked endlessly. */
    private Instant later(Instant then) {
        Instant soonest = clock.instant().plusSeconds(1);
        return then.isBefore(soonest) ? soonest : then;
    }

    private JobQueue master(Job job) {
        return queues.master(job.pool(), Lane.of(job));
    }

    /**
     * Sends the job's message to the master queue.
     *
     * @param soon the time of the next check, as it was already written
     * @param until the time of the next check once the message is sent
     */
    private void send(Job job, Sending sending, Instant soon, Instant until, Set<String> failing) {
        JobQueue queue = master(job);
        try {
            sends.executeCallable(
                    () -> sending.start(queue, JobMessage.of(job)).get(SEND_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        } catch (Exception e) {
            failing.add(queue.name());
            log.warn("The message of job {} could not be sent; trying again in {}: {}", job.id(), SOON, e.toString());
            return;
        }
        jobs.sent(job, soon, until);
    }

    /** A method of a queue that sends a message. */
    private interface Sending {
        CompletableFuture<Void> start(JobQueue queue, JobMessage message);
    }

    private void count(Job job, String cause) {
        Counter.builder(FleetMetric.DISTRIBUTOR_RECOVERED.metricName())
                .description(FleetMetric.DISTRIBUTOR_RECOVERED.description())
                .tag("cause", cause)
                .tag("pool", job.pool().value())
                .register(meters)
                .increment();
    }
}
