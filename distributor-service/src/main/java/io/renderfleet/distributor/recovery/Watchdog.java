package io.renderfleet.distributor.recovery;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.renderfleet.distributor.recovery.Diagnosis.Surroundings;
import io.renderfleet.distributor.recovery.Diagnosis.Treatment;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobRecovery;
import io.renderfleet.job.JobRecovery.Due;
import io.renderfleet.job.JobTable;
import io.renderfleet.queue.JobMessage;
import io.renderfleet.queue.JobQueue;
import io.renderfleet.queue.JobQueues;
import io.renderfleet.queue.Lane;
import io.renderfleet.queue.QueueUnavailableException;
import io.renderfleet.region.RegionId;
import io.renderfleet.telemetry.FleetMetric;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at every open job whose time to be looked at has come, and sets right what stands still. Several distributors
 * may do so at once: each treatment is one conditional write on what was seen, and one of them makes it. A crash after
 * that write and before its message leaves the job to the next look, at the time that the write set.
 *
 * <p>Where nothing is due, a sweep is one query per shard.
 */
final class Watchdog {
    /** A shard with more than so many batches goes on at the next sweep. */
    private static final int MAX_BATCHES = 10;

    private static final Duration SEND_TIMEOUT = Duration.ofSeconds(5);
    private static final Logger log = LoggerFactory.getLogger(Watchdog.class);

    private final JobRecovery jobs;
    private final JobQueues queues;
    private final Diagnosis diagnosis;
    private final Supplier<Surroundings> surroundings;
    private final int batch;
    private final Clock clock;
    private final MeterRegistry meters;

    /** @param surroundings what is known at the beginning of a sweep */
    Watchdog(
            JobRecovery jobs,
            JobQueues queues,
            Diagnosis diagnosis,
            Supplier<Surroundings> surroundings,
            int batch,
            Clock clock,
            MeterRegistry meters) {
        this.jobs = jobs;
        this.queues = queues;
        this.diagnosis = diagnosis;
        this.surroundings = surroundings;
        this.batch = batch;
        this.clock = clock;
        this.meters = meters;
    }

    /** Looks once at all that is due, or until the thread is interrupted. */
    void sweep() {
        Surroundings around = surroundings.get();
        for (int shard = 0;
                shard < JobTable.CHECK_SHARDS && !Thread.currentThread().isInterrupted();
                shard++) {
            List<JobId> due = jobs.due(shard, batch);
            for (int batches = 1; !due.isEmpty(); batches++) {
                due.forEach(id -> look(id, around));
                // The index follows the table: what was postponed may be listed for another moment.
                due = due.size() == batch && batches < MAX_BATCHES ? jobs.due(shard, batch) : List.of();
            }
        }
    }

    private void look(JobId id, Surroundings around) {
        if (Thread.currentThread().isInterrupted()) {
            return;
        }
        Optional<Due> found = jobs.look(id);
        if (found.isEmpty()) {
            return;
        }
        Due due = found.get();
        Job job = due.job();
        switch (diagnosis.of(job, around, clock.instant())) {
            case Treatment.Wait(Instant until) -> jobs.postpone(due, later(until));
            case Treatment.Repeat(Instant until) -> {
                if (jobs.postpone(due, later(until))) {
                    count("repeat");
                    log.info("Sending the message of job {} again: it may be lost", id);
                    RegionId region = job.region();
                    send(
                            job,
                            region == null ? master(job) : queues.regional(region, Lane.of(job)),
                            JobQueue::sendAgain);
                }
            }
            case Treatment.SendAnew(Diagnosis.Cause cause, Instant until) ->
                jobs.sendAnew(due, later(until)).ifPresent(opened -> {
                    count(cause.name().toLowerCase(Locale.ROOT).replace('_', '-'));
                    log.info("Sending job {} anew, away from {}: {}", id, job.region(), cause);
                    send(opened, master(opened), JobQueue::send);
                });
            case Treatment.Fail _ -> {
                if (jobs.failUnstarted(due)) {
                    count("start-deadline");
                    log.info("Job {} failed: it has not started in time", id);
                }
            }
        }
    }

    /** Never now or before: a job that is due again at once would be looked at for ever. */
    private Instant later(Instant then) {
        Instant soonest = clock.instant().plusSeconds(1);
        return then.isBefore(soonest) ? soonest : then;
    }

    private JobQueue master(Job job) {
        return queues.master(Lane.of(job));
    }

    private static void send(
            Job job, JobQueue queue, BiFunction<JobQueue, JobMessage, CompletableFuture<Void>> sending) {
        try {
            sending.apply(queue, JobMessage.of(job)).get(SEND_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException | QueueUnavailableException e) {
            log.warn("The message of job {} was not sent, it is looked at again: {}", job.id(), e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void count(String cause) {
        Counter.builder(FleetMetric.DISTRIBUTOR_RECOVERED.metricName())
                .description(FleetMetric.DISTRIBUTOR_RECOVERED.description())
                .tag("cause", cause)
                .register(meters)
                .increment();
    }
}
