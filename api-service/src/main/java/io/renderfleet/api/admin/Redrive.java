package io.renderfleet.api.admin;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.renderfleet.api.admin.RedriveAnswer.Item;
import io.renderfleet.api.admin.RedriveAnswer.Outcome;
import io.renderfleet.api.queue.QueueQuestions;
import io.renderfleet.job.JobStore;
import io.renderfleet.queue.DeadLetter;
import io.renderfleet.queue.DeadLetterQueue;
import io.renderfleet.queue.JobMessage;
import io.renderfleet.queue.JobQueues;
import io.renderfleet.telemetry.FleetMetric;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Goes through the dead-letter queues, side by side, and sends again what is meant. It ends after so many letters and
 * after so much time, well before the first letters it looked at are visible to others again.
 */
@Component
class Redrive {
    /** Letters looked at in one go. */
    private static final int LOOK = 50;

    /** Well under the time for which a look hides letters. */
    private static final Duration TIME_LIMIT = Duration.ofSeconds(15);

    /** For what was begun within the time limit: one letter's writes and its send. */
    private static final Duration GRACE = Duration.ofSeconds(10);

    private final JobQueues queues;
    private final JobStore jobs;
    private final LetterRedrive letters;
    private final QueueQuestions questions;
    private final MeterRegistry meters;
    private final Clock clock;

    Redrive(
            JobQueues queues,
            JobStore jobs,
            LetterRedrive letters,
            QueueQuestions questions,
            MeterRegistry meters,
            Clock clock) {
        this.queues = queues;
        this.jobs = jobs;
        this.letters = letters;
        this.questions = questions;
        this.meters = meters;
        this.clock = clock;
    }

    /** @param limit of letters that are meant, whatever becomes of them */
    RedriveAnswer redrive(LetterFilter filter, int limit) {
        Run run = new Run(filter, new AtomicInteger(limit), clock.instant().plus(TIME_LIMIT));
        Map<String, Callable<Boolean>> tasks = new LinkedHashMap<>();
        DeadLetters.concerned(queues, filter)
                .forEach(queue -> tasks.put(queue.name(), () -> new OneQueue(queue, run).goThrough()));
        Map<String, Boolean> finished = questions.ask(tasks, TIME_LIMIT.plus(GRACE));
        List<String> unfinished = tasks.keySet().stream()
                .filter(name -> !finished.getOrDefault(name, false))
                .toList();
        return RedriveAnswer.of(List.copyOf(run.items), unfinished);
    }

    /** What the queues of one request share. */
    private final class Run {
        private final LetterFilter filter;
        private final AtomicInteger left;
        private final Instant deadline;
        private final ConcurrentLinkedQueue<Item> items = new ConcurrentLinkedQueue<>();

        Run(LetterFilter filter, AtomicInteger left, Instant deadline) {
            this.filter = filter;
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

        void ended(@Nullable JobMessage message, Outcome outcome) {
            items.add(new Item(message == null ? null : message.jobId(), outcome));
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
            JobMessage message = letter.message();
            LetterCause cause = DeadLetters.known(jobs, queue, letter).cause();
            if (!run.filter.concerns(cause) || !run.takeTurn()) {
                return false;
            }
            Outcome outcome = letters.redrive(queue, letter, cause);
            run.ended(message, outcome);
            return outcome == Outcome.REDRIVEN || outcome == Outcome.OBSOLETE;
        }
    }
}
