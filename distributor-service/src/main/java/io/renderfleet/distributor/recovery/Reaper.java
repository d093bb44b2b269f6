package io.renderfleet.distributor.recovery;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.renderfleet.job.JobError;
import io.renderfleet.job.JobRecovery;
import io.renderfleet.job.UnreadableJobException;
import io.renderfleet.queue.DeadLetterQueue;
import io.renderfleet.queue.DeadLetterQueue.DeadLetter;
import io.renderfleet.queue.JobMessage;
import io.renderfleet.queue.JobQueues;
import io.renderfleet.queue.QueueUnavailableException;
import io.renderfleet.telemetry.FleetMetric;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Ends the jobs of dead letters as FAILED, so that clients do not wait for jobs that no worker can complete. The
 * letters stay in their queues, where operators can inspect and redrive them. Only obsolete letters, whose job is over
 * for another reason or has a newer message, are deleted.
 */
final class Reaper {
    /** The pause between two checks of a letter: this long at first, doubled each time the outcome is the same. */
    static final Duration FIRST_PAUSE = Duration.ofMinutes(1);

    static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);

    /** The maximum number of letters that are read from one queue in a run; the others are read in later runs. */
    private static final int MAX_LETTERS = 500;

    private static final int MAX_REMEMBERED = 10_000;

    /** This many failures in a row end a run, because they indicate an outage rather than a faulty letter. */
    private static final int MAX_FAILURES = 5;

    private static final JobError CRASH_LOOP = new JobError(
            "worker-crash-loop",
            "Every worker that claimed the job died or stopped renewing its lease. The job's attempts show where and"
                    + " when. Once the cause is fixed, an operator can redrive the job.");
    private static final JobError UNROUTABLE = new JobError(
            "routing-failed",
            "The job could not be routed to any region after repeated tries. Once the cause is fixed, an operator can"
                    + " redrive the job.");
    private static final Logger log = LoggerFactory.getLogger(Reaper.class);

    private final JobRecovery jobs;
    /** Created once, because each queue looks up its URL at its first use. */
    private final List<DeadLetterQueue> letters;

    private final MeterRegistry meters;
    private final Map<String, Long> depths = new ConcurrentHashMap<>();
    /** The time of the next check of each letter, so that its job is not read in every run. */
    private final Map<String, Check> checks = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Check> eldest) {
            return size() > MAX_REMEMBERED;
        }
    };

    private final Clock clock;
    private int failures;

    Reaper(JobRecovery jobs, JobQueues queues, Clock clock, MeterRegistry meters) {
        this.jobs = jobs;
        this.letters = queues.deadLetters();
        this.clock = clock;
        this.meters = meters;
    }

    /** The outcome of the last check of a letter, and the time of the next one. */
    private record Check(String outcome, Instant next, Duration pause) {}

    /**
     * Sets the gauge of a queue's depth. The gauge is registered at the first reading, because before it a value of 0
     * would be wrong and NaN would make every sum over the queues NaN.
     */
    private void showDepth(DeadLetterQueue queue, long depth) {
        if (depths.put(queue.name(), depth) == null) {
            Gauge.builder(
                            FleetMetric.DISTRIBUTOR_DEAD_LETTERS_DEPTH.metricName(),
                            depths,
                            read -> read.getOrDefault(queue.name(), depth))
                    .description(FleetMetric.DISTRIBUTOR_DEAD_LETTERS_DEPTH.description())
                    .tag("queue", queue.name())
                    .strongReference(true)
                    .register(meters);
        }
    }

    /** Processes all dead-letter queues once. A queue that cannot be read is tried again in the next run. */
    void reap() {
        failures = 0;
        for (DeadLetterQueue queue : letters) {
            if (Thread.currentThread().isInterrupted() || failures >= MAX_FAILURES) {
                return;
            }
            try {
                long depth = queue.depth();
                showDepth(queue, depth);
                if (depth > 0) {
                    reap(queue);
                }
            } catch (QueueUnavailableException e) {
                log.debug(
                        "Could not read the dead letters of {}; trying again in the next run: {}",
                        queue.name(),
                        e.getMessage());
            }
        }
    }

    private void reap(DeadLetterQueue queue) {
        List<DeadLetter> kept = new ArrayList<>();
        try {
            for (DeadLetter letter : queue.peek(MAX_LETTERS)) {
                if (failures >= MAX_FAILURES || !isSettled(queue, letter)) {
                    kept.add(letter);
                }
            }
        } finally {
            queue.release(kept);
        }
    }

    /** Processes one letter; returns whether it was deleted. A failure does not affect the other letters. */
    private boolean isSettled(DeadLetterQueue queue, DeadLetter letter) {
        Check last = checks.get(letter.messageId());
        if (last != null && clock.instant().isBefore(last.next())) {
            return false;
        }
        try {
            boolean obsolete = isObsolete(queue, letter);
            if (obsolete) {
                queue.delete(letter);
                checks.remove(letter.messageId());
            }
            failures = 0;
            return obsolete;
        } catch (UnreadableJobException e) {
            if (checked(letter, "unreadable-job")) {
                log.warn(
                        "The dead letter {} in {} is kept because a newer version of the service wrote its job. Update"
                                + " the distributors: {}",
                        letter.messageId(),
                        queue.name(),
                        e.getMessage());
            }
        } catch (SdkException | QueueUnavailableException e) {
            failures++;
            log.warn(
                    "The dead letter {} in {} could not be processed; it is tried again in the next run{}: {}",
                    letter.messageId(),
                    queue.name(),
                    failures == MAX_FAILURES ? ", and this run ends now" : "",
                    e.toString());
        } catch (RuntimeException e) {
            if (checked(letter, "unprocessable")) {
                log.error(
                        "Unexpected error while processing the dead letter {} in {}; it is kept",
                        letter.messageId(),
                        queue.name(),
                        e);
            }
        }
        return false;
    }

    private boolean isObsolete(DeadLetterQueue queue, DeadLetter letter) {
        JobMessage message = letter.message();
        if (message == null) {
            if (checked(letter, "unreadable")) {
                log.warn(
                        "The dead letter {} in {} is not a message of this system and is kept; operators can list and"
                                + " delete it",
                        letter.messageId(),
                        queue.name());
            }
            return false;
        }
        JobRecovery.LetterOutcome outcome = jobs.deadLetter(
                message.jobId(), message.routeEpoch(), queue.region() == null ? UNROUTABLE : CRASH_LOOP);
        var _ = checked(letter, outcome.name().toLowerCase(Locale.ROOT).replace('_', '-'));
        if (outcome == JobRecovery.LetterOutcome.FAILED) {
            log.warn("Job {} failed because its message became a dead letter in {}", message.jobId(), queue.name());
        }
        return outcome == JobRecovery.LetterOutcome.OBSOLETE;
    }

    /** Records the outcome of a check and counts it; false when the previous check had the same outcome. */
    private boolean checked(DeadLetter letter, String outcome) {
        Check last = checks.remove(letter.messageId());
        boolean same = last != null && last.outcome().equals(outcome);
        Duration pause =
                last != null && last.outcome().equals(outcome) ? last.pause().multipliedBy(2) : FIRST_PAUSE;
        Duration bounded = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
        checks.put(letter.messageId(), new Check(outcome, clock.instant().plus(bounded), bounded));
        if (!same) {
            count(outcome);
        }
        return !same;
    }

    private void count(String outcome) {
        Counter.builder(FleetMetric.DISTRIBUTOR_DEAD_LETTERS.metricName())
                .description(FleetMetric.DISTRIBUTOR_DEAD_LETTERS.description())
                .tag("outcome", outcome)
                .register(meters)
                .increment();
    }
}
