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
 * Ends the jobs of dead letters, so that nobody waits for what no worker survives. The letters stay where they are, for
 * an operator to see and to send again; only one whose job ended otherwise, or was sent anew since, is deleted.
 */
final class Reaper {
    /** Between two checks of the same letter: this long at first, and twice as long each time its outcome stays. */
    static final Duration FIRST_PAUSE = Duration.ofMinutes(1);

    static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);

    /** Letters of one queue looked at in one go; the rest has its turn later. */
    private static final int MAX_LETTERS = 500;

    private static final int MAX_REMEMBERED = 10_000;

    /** More failures in a row end a round: that is an outage and not the fault of a letter. */
    private static final int MAX_FAILURES = 5;

    private static final JobError CRASH_LOOP = new JobError(
            "worker-crash-loop",
            "Every worker that took the job died or fell silent. Its attempts say where and when; an operator can send"
                    + " it again once the cause is known.");
    private static final JobError UNROUTABLE = new JobError(
            "routing-failed",
            "The job could not be given to any region, again and again. An operator can send it again once the cause is"
                    + " known.");
    private static final Logger log = LoggerFactory.getLogger(Reaper.class);

    private final JobRecovery jobs;
    /** Kept, as each asks SQS for its address once. */
    private final List<DeadLetterQueue> letters;

    private final MeterRegistry meters;
    private final Map<String, Long> depths = new ConcurrentHashMap<>();
    /** When each letter is checked next, so that one costs a look at its job now and then and not at every round. */
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

    /** What a letter's last check found, and when the next one is due. */
    private record Check(String outcome, Instant next, Duration pause) {}

    /**
     * Shows a depth as it was last read. Its gauge begins with the first reading: before that there is no number to
     * show, 0 would look as if all were well, and NaN would make every sum over the queues NaN.
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

    /** Looks at all dead-letter queues once; one that cannot be asked is left for the next time. */
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
                log.debug("Dead letters were not looked at this time: {}", e.getMessage());
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

    /** Whether the letter is gone. Keeps the failures of one letter from the others. */
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
                        "A letter of {} is kept because its job cannot be read. A newer version of the service wrote it:"
                                + " update the distributors: {}",
                        queue.name(),
                        e.getMessage());
            }
        } catch (SdkException | QueueUnavailableException e) {
            failures++;
            log.warn(
                    "Letter {} of {} could not be settled; it is tried again in the next round{}: {}",
                    letter.messageId(),
                    queue.name(),
                    failures == MAX_FAILURES ? ", and this round ends here" : "",
                    e.toString());
        } catch (RuntimeException e) {
            if (checked(letter, "unprocessable")) {
                log.error("Letter {} of {} could not be processed and is kept", letter.messageId(), queue.name(), e);
            }
        }
        return false;
    }

    private boolean isObsolete(DeadLetterQueue queue, DeadLetter letter) {
        JobMessage message = letter.message();
        if (message == null) {
            if (checked(letter, "unreadable")) {
                log.warn("A message in {} is not ours and stays there: {}", queue.name(), letter.messageId());
            }
            return false;
        }
        JobRecovery.LetterOutcome outcome = jobs.deadLetter(
                message.jobId(), message.routeEpoch(), queue.region() == null ? UNROUTABLE : CRASH_LOOP);
        var _ = checked(letter, outcome.name().toLowerCase(Locale.ROOT).replace('_', '-'));
        if (outcome == JobRecovery.LetterOutcome.FAILED) {
            log.warn("Job {} failed: its message ended in {}", message.jobId(), queue.name());
        }
        return outcome == JobRecovery.LetterOutcome.OBSOLETE;
    }

    /** Notes what was found, and counts it. False when the check before found the same. */
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
