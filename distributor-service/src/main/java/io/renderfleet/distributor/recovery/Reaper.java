package io.renderfleet.distributor.recovery;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.renderfleet.job.JobError;
import io.renderfleet.job.JobRecovery;
import io.renderfleet.queue.DeadLetter;
import io.renderfleet.queue.DeadLetterQueue;
import io.renderfleet.queue.JobMessage;
import io.renderfleet.queue.JobQueues;
import io.renderfleet.queue.QueueUnavailableException;
import io.renderfleet.telemetry.FleetMetric;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the jobs of dead letters, so that nobody waits for what no worker survives. The letters stay where they are, for
 * an operator to see and to send again; only one whose job ended otherwise, or was sent anew since, is deleted.
 */
final class Reaper {
    /** Letters of one queue looked at in one go; the rest has its turn later. */
    private static final int MAX_LETTERS = 500;

    /** Letters that were dealt with, so that each costs one look at its job and not one a minute. */
    private static final int MAX_REMEMBERED = 10_000;

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
    private final Map<String, Boolean> dealtWith = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > MAX_REMEMBERED;
        }
    };

    Reaper(JobRecovery jobs, JobQueues queues, MeterRegistry meters) {
        this.jobs = jobs;
        this.letters = queues.deadLetters();
        this.meters = meters;
        letters.forEach(this::showDepth);
    }

    /** As last read; not a number before that, and not nothing, which would look as if all were well. */
    private void showDepth(DeadLetterQueue queue) {
        Gauge.builder(FleetMetric.DISTRIBUTOR_DEAD_LETTERS_DEPTH.metricName(), () -> {
                    Long depth = depths.get(queue.name());
                    return depth == null ? Double.NaN : depth;
                })
                .description(FleetMetric.DISTRIBUTOR_DEAD_LETTERS_DEPTH.description())
                .tag("queue", queue.name())
                .register(meters);
    }

    /** Looks at all dead-letter queues once; one that cannot be asked is left for the next time. */
    void reap() {
        for (DeadLetterQueue queue : letters) {
            if (Thread.currentThread().isInterrupted()) {
                return;
            }
            try {
                long depth = queue.depth();
                depths.put(queue.name(), depth);
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
            for (DeadLetter letter : queue.look(MAX_LETTERS)) {
                if (isObsolete(queue, letter)) {
                    queue.delete(letter);
                } else {
                    kept.add(letter);
                }
            }
        } finally {
            queue.giveBack(kept);
        }
    }

    private boolean isObsolete(DeadLetterQueue queue, DeadLetter letter) {
        if (dealtWith.containsKey(letter.messageId())) {
            return false;
        }
        JobMessage message = letter.message();
        if (message == null) {
            dealtWith.put(letter.messageId(), true);
            count("unreadable");
            log.warn("A message in {} is not ours and stays there: {}", queue.name(), letter.messageId());
            return false;
        }
        JobRecovery.Verdict verdict = jobs.deadLetter(
                message.jobId(), message.routeEpoch(), queue.region() == null ? UNROUTABLE : CRASH_LOOP);
        if (verdict != JobRecovery.Verdict.HELD) {
            dealtWith.put(letter.messageId(), true);
            count(verdict.name().toLowerCase(Locale.ROOT).replace('_', '-'));
        }
        if (verdict == JobRecovery.Verdict.FAILED) {
            log.warn("Job {} failed: its message ended in {}", message.jobId(), queue.name());
        }
        return verdict == JobRecovery.Verdict.OBSOLETE;
    }

    private void count(String verdict) {
        Counter.builder(FleetMetric.DISTRIBUTOR_DEAD_LETTERS.metricName())
                .description(FleetMetric.DISTRIBUTOR_DEAD_LETTERS.description())
                .tag("verdict", verdict)
                .register(meters)
                .increment();
    }
}
