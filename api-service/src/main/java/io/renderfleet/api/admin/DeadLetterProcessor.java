package io.renderfleet.api.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.renderfleet.api.queue.QueueCalls;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobStore;
import io.renderfleet.queue.DeadLetterQueue;
import io.renderfleet.queue.DeadLetterQueue.DeadLetter;
import io.renderfleet.queue.JobMessage;
import io.renderfleet.queue.JobQueues;
import io.renderfleet.telemetry.FleetMetric;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Applies an action to each dead letter that matches a filter. The queues are processed in parallel. Processing ends at
 * a limit of letters and at a time limit, which is well below the time for which the letters that were read stay
 * hidden.
 */
@Component
class DeadLetterProcessor {
    /** The number of letters that are read at a time. */
    private static final int BATCH = 50;

    /** Well below the time for which letters that were read stay hidden. */
    private static final Duration TIME_LIMIT = Duration.ofSeconds(15);

    /** Time beyond the limit to finish the letter that is being processed: its writes and its send. */
    private static final Duration GRACE = Duration.ofSeconds(10);

    private final JobQueues queues;
    private final JobStore jobs;
    private final QueueCalls calls;
    private final MeterRegistry meters;
    private final Clock clock;

    DeadLetterProcessor(JobQueues queues, JobStore jobs, QueueCalls calls, MeterRegistry meters, Clock clock) {
        this.queues = queues;
        this.jobs = jobs;
        this.calls = calls;
        this.meters = meters;
        this.clock = clock;
    }

    /** The action for one letter. It must not make the letter visible to other receivers. */
    @FunctionalInterface
    interface Action {
        Outcome apply(DeadLetterQueue queue, DeadLetter letter, DeadLetterCause cause);
    }

    /** The outcome for one letter. */
    enum Outcome {
        /** The job was reopened and sent; the letter is deleted. */
        REDRIVEN,
        /** The letter was obsolete and is deleted. */
        OBSOLETE,
        /** The letter is deleted, as requested. */
        DELETED,
        /** The letter stays: it is not a message of this system, has no job, or a worker holds the job. */
        KEPT,
        /** An error stopped the action. If the job was already reopened, the watchdog sends it. */
        FAILED;

        @JsonValue
        String code() {
            return name().toLowerCase(Locale.ROOT);
        }

        boolean isGone() {
            return this == REDRIVEN || this == OBSOLETE || this == DELETED;
        }
    }

    /**
     * A letter and the outcome for it.
     *
     * @param jobId null when the letter is not a message of this system
     */
    @Schema(name = "SettledLetter")
    record Item(
            String queue,
            String messageId,

            @Schema(type = "string", format = "uuid") @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            JobId jobId,

            @Schema(type = "string", example = "redriven") Outcome outcome) {}

    /**
     * The outcome of all matching letters.
     *
     * @param unfinished the names of the queues that were not read completely
     */
    record Result(List<Item> items, List<String> unfinished) {
        int count(Outcome outcome) {
            return Math.toIntExact(
                    items.stream().filter(item -> item.outcome() == outcome).count());
        }
    }

    /**
     * Processes the matching letters.
     *
     * @param limit the maximum number of matching letters, whatever their outcome
     */
    Result process(DeadLetterFilter filter, int limit, Action action) {
        Run run = new Run(
                filter, action, new AtomicInteger(limit), clock.instant().plus(TIME_LIMIT));
        Map<String, Callable<Boolean>> tasks = new LinkedHashMap<>();
        DeadLetters.matchingQueues(queues, filter)
                .forEach(queue -> tasks.put(queue.name(), () -> new QueueRun(queue, run).process()));
        Map<String, Boolean> finished = calls.run(tasks, TIME_LIMIT.plus(GRACE));
        List<String> unfinished = tasks.keySet().stream()
                .filter(name -> !finished.getOrDefault(name, false))
                .toList();
        return new Result(List.copyOf(run.items), unfinished);
    }

    /** The state that the queues of one request share. */
    private final class Run {
        private final DeadLetterFilter filter;
        private final Action action;
        private final AtomicInteger left;
        private final Instant deadline;
        private final ConcurrentLinkedQueue<Item> items = new ConcurrentLinkedQueue<>();

        Run(DeadLetterFilter filter, Action action, AtomicInteger left, Instant deadline) {
            this.filter = filter;
            this.action = action;
            this.left = left;
            this.deadline = deadline;
        }

        boolean isOver() {
            return left.get() <= 0 || !clock.instant().isBefore(deadline);
        }

        /** Takes one letter from the limit; false when the limit is used up. */
        boolean tryTake() {
            return left.getAndDecrement() > 0;
        }

        void record(DeadLetterQueue queue, DeadLetter letter, Outcome outcome) {
            JobMessage message = letter.message();
            items.add(new Item(queue.name(), letter.messageId(), message == null ? null : message.jobId(), outcome));
            Counter.builder(FleetMetric.API_REDRIVES.metricName())
                    .description(FleetMetric.API_REDRIVES.description())
                    .tag("outcome", outcome.code())
                    .register(meters)
                    .increment();
        }
    }

    /** Processes one queue. Confined to one thread. */
    private final class QueueRun {
        private final DeadLetterQueue queue;
        private final Run run;
        private final Set<String> seen = new HashSet<>();
        private final List<DeadLetter> kept = new ArrayList<>();

        QueueRun(DeadLetterQueue queue, Run run) {
            this.queue = queue;
            this.run = run;
        }

        /** Returns whether the queue was read completely. */
        boolean process() {
            try {
                while (!run.isOver()) {
                    List<DeadLetter> read = queue.peek(BATCH);
                    List<DeadLetter> fresh = read.stream()
                            .filter(letter -> seen.add(letter.messageId()))
                            .toList();
                    // Letters that were kept can become visible again before the end. If only those are left, it is
                    // done.
                    read.stream().filter(letter -> !fresh.contains(letter)).forEach(kept::add);
                    if (fresh.isEmpty()) {
                        return true;
                    }
                    fresh.forEach(this::processLetter);
                }
                return false;
            } finally {
                DeadLetters.release(queue, kept);
            }
        }

        private void processLetter(DeadLetter letter) {
            if (!isGone(letter)) {
                kept.add(letter);
            }
        }

        /** Applies the action if the letter matches; returns whether the letter is gone from the queue. */
        private boolean isGone(DeadLetter letter) {
            if (run.isOver() || !run.filter.matches(letter, clock.instant())) {
                return false;
            }
            DeadLetters.KnownJob known = DeadLetters.readJob(jobs, queue, letter);
            if (!run.filter.matches(known.cause(), known.region(queue)) || !run.tryTake()) {
                return false;
            }
            Outcome outcome = run.action.apply(queue, letter, known.cause());
            run.record(queue, letter, outcome);
            return outcome.isGone();
        }
    }
}
