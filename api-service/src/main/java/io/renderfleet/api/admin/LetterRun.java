package io.renderfleet.api.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.renderfleet.api.queue.QueueQuestions;
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
 * Goes through the dead-letter queues, side by side, and does something with each letter that is meant. It ends after a
 * number of letters and after some time, well before the first letters it looked at are visible to others again.
 */
@Component
class LetterRun {
    /** Letters looked at in one go. */
    private static final int LOOK = 50;

    /** Well under the time for which a look hides letters. */
    private static final Duration TIME_LIMIT = Duration.ofSeconds(15);

    /** For what was begun within the time limit: one letter's writes and its send. */
    private static final Duration GRACE = Duration.ofSeconds(10);

    private final JobQueues queues;
    private final JobStore jobs;
    private final QueueQuestions questions;
    private final MeterRegistry meters;
    private final Clock clock;

    LetterRun(JobQueues queues, JobStore jobs, QueueQuestions questions, MeterRegistry meters, Clock clock) {
        this.queues = queues;
        this.jobs = jobs;
        this.questions = questions;
        this.meters = meters;
        this.clock = clock;
    }

    /** What is done with one letter; it must not be made visible to others. */
    @FunctionalInterface
    interface Action {
        Outcome apply(DeadLetterQueue queue, DeadLetter letter, LetterCause cause);
    }

    /** How one letter's turn ended. */
    enum Outcome {
        /** Its job waits again; the letter is deleted. */
        REDRIVEN,
        /** It stood for nothing and is deleted. */
        OBSOLETE,
        /** It is deleted, as was asked for. */
        DELETED,
        /** Not ours, no job, or a worker holds the job just now. */
        KEPT,
        /** The job kept moving, or its table or the queue was away; if it is open again, it is sent by itself. */
        FAILED;

        @JsonValue
        String code() {
            return name().toLowerCase(Locale.ROOT);
        }

        boolean isGone() {
            return this == REDRIVEN || this == OBSOLETE || this == DELETED;
        }
    }

    /** @param jobId null for a letter that is not ours */
    @Schema(name = "SettledLetter")
    record Item(
            String queue,
            String messageId,

            @Schema(type = "string", format = "uuid") @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            JobId jobId,

            @Schema(type = "string", example = "redriven") Outcome outcome) {}

    /** @param unfinished the queues that were not looked through to their end */
    record Ended(List<Item> items, List<String> unfinished) {
        int count(Outcome outcome) {
            return Math.toIntExact(
                    items.stream().filter(item -> item.outcome() == outcome).count());
        }
    }

    /** @param limit of letters that are meant, whatever becomes of them */
    Ended run(LetterFilter filter, int limit, Action action) {
        Run run = new Run(
                filter, action, new AtomicInteger(limit), clock.instant().plus(TIME_LIMIT));
        Map<String, Callable<Boolean>> tasks = new LinkedHashMap<>();
        DeadLetters.concerned(queues, filter)
                .forEach(queue -> tasks.put(queue.name(), () -> new OneQueue(queue, run).goThrough()));
        Map<String, Boolean> finished = questions.ask(tasks, TIME_LIMIT.plus(GRACE));
        List<String> unfinished = tasks.keySet().stream()
                .filter(name -> !finished.getOrDefault(name, false))
                .toList();
        return new Ended(List.copyOf(run.items), unfinished);
    }

    /** What the queues of one request share. */
    private final class Run {
        private final LetterFilter filter;
        private final Action action;
        private final AtomicInteger left;
        private final Instant deadline;
        private final ConcurrentLinkedQueue<Item> items = new ConcurrentLinkedQueue<>();

        Run(LetterFilter filter, Action action, AtomicInteger left, Instant deadline) {
            this.filter = filter;
            this.action = action;
            this.left = left;
            this.deadline = deadline;
        }

        boolean isOver() {
            return left.get() <= 0 || !clock.instant().isBefore(deadline);
        }

        /** Whether one more letter may have its turn. */
        boolean takeTurn() {
            return left.getAndDecrement() > 0;
        }

        void ended(DeadLetterQueue queue, DeadLetter letter, Outcome outcome) {
            JobMessage message = letter.message();
            items.add(new Item(queue.name(), letter.messageId(), message == null ? null : message.jobId(), outcome));
            Counter.builder(FleetMetric.API_REDRIVES.metricName())
                    .description(FleetMetric.API_REDRIVES.description())
                    .tag("outcome", outcome.code())
                    .register(meters)
                    .increment();
        }
    }

    /** One queue's part; confined to its thread. */
    private final class OneQueue {
        private final DeadLetterQueue queue;
        private final Run run;
        private final Set<String> seen = new HashSet<>();
        private final List<DeadLetter> kept = new ArrayList<>();

        OneQueue(DeadLetterQueue queue, Run run) {
            this.queue = queue;
            this.run = run;
        }

        /** Whether the queue was looked through to its end. */
        boolean goThrough() {
            try {
                while (!run.isOver()) {
                    List<DeadLetter> looked = queue.peek(LOOK);
                    List<DeadLetter> fresh = looked.stream()
                            .filter(letter -> seen.add(letter.messageId()))
                            .toList();
                    // What is kept may come back before the end: then there is nothing else.
                    looked.stream().filter(letter -> !fresh.contains(letter)).forEach(kept::add);
                    if (fresh.isEmpty()) {
                        return true;
                    }
                    fresh.forEach(this::settle);
                }
                return false;
            } finally {
                DeadLetters.release(queue, kept);
            }
        }

        private void settle(DeadLetter letter) {
            if (!isSettled(letter)) {
                kept.add(letter);
            }
        }

        /** Whether the letter is gone. */
        private boolean isSettled(DeadLetter letter) {
            if (run.isOver() || !run.filter.concerns(letter, clock.instant())) {
                return false;
            }
            DeadLetters.Known known = DeadLetters.known(jobs, queue, letter);
            if (!run.filter.concerns(known.cause(), known.region(queue)) || !run.takeTurn()) {
                return false;
            }
            Outcome outcome = run.action.apply(queue, letter, known.cause());
            run.ended(queue, letter, outcome);
            return outcome.isGone();
        }
    }
}
