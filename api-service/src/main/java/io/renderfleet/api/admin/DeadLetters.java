package io.renderfleet.api.admin;

import io.renderfleet.api.admin.QueuesController.DeadLetterQueueView;
import io.renderfleet.api.queue.QueueQuestions;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobStore;
import io.renderfleet.job.UnreadableJobException;
import io.renderfleet.queue.DeadLetterQueue;
import io.renderfleet.queue.DeadLetterQueue.DeadLetter;
import io.renderfleet.queue.JobMessage;
import io.renderfleet.queue.JobQueues;
import io.renderfleet.queue.QueueUnavailableException;
import io.renderfleet.region.RegionId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Shows dead letters. To look is to receive: what was looked at is given back at once, and is hidden from the other
 * calls and from the distributors for that moment, so a letter may be missing from a listing that runs beside another.
 */
@Component
class DeadLetters {
    /** Well under the time for which a look hides letters. */
    private static final Duration TIME_LIMIT = Duration.ofSeconds(15);

    private static final Logger log = LoggerFactory.getLogger(DeadLetters.class);

    private final JobQueues queues;
    private final JobStore jobs;
    private final QueueQuestions questions;
    private final Clock clock;

    DeadLetters(JobQueues queues, JobStore jobs, QueueQuestions questions, Clock clock) {
        this.queues = queues;
        this.jobs = jobs;
        this.questions = questions;
        this.clock = clock;
    }

    /** What was seen of one queue. */
    private record Seen(long total, List<DeadLetterView> letters) {}

    /**
     * The letters that are meant, longest dead first.
     *
     * @param limit of letters told, and of letters looked at in each queue
     */
    DeadLetterView.Answer list(LetterFilter filter, int limit) {
        List<DeadLetterQueue> concerned = concerned(queues, filter);
        Map<String, Callable<Seen>> looks = new LinkedHashMap<>();
        concerned.forEach(queue -> looks.put(queue.name(), () -> look(queue, filter, limit)));
        Map<String, Seen> seen = questions.ask(looks, TIME_LIMIT);
        return new DeadLetterView.Answer(
                seen.values().stream()
                        .flatMap(one -> one.letters().stream())
                        .sorted(Comparator.comparing(DeadLetterView::sentAt))
                        .limit(limit)
                        .toList(),
                concerned.stream()
                        .map(queue -> {
                            Seen one = seen.get(queue.name());
                            return new DeadLetterQueueView(
                                    queue.name(),
                                    queue.region(),
                                    queue.pool(),
                                    queue.lane(),
                                    one == null ? null : one.total());
                        })
                        .toList());
    }

    static List<DeadLetterQueue> concerned(JobQueues queues, LetterFilter filter) {
        return queues.deadLetters().stream()
                .filter(queue -> filter.concerns(queue))
                .toList();
    }

    private Seen look(DeadLetterQueue queue, LetterFilter filter, int limit) {
        List<DeadLetter> letters = queue.peek(limit);
        try {
            Instant now = clock.instant();
            List<DeadLetterView> views = new ArrayList<>();
            for (DeadLetter letter : letters) {
                if (filter.concerns(letter, now)) {
                    Known known = known(jobs, queue, letter);
                    if (filter.concerns(known.cause(), known.region(queue))) {
                        views.add(DeadLetterView.of(queue, letter, known.cause(), known.job(), now));
                    }
                }
            }
            return new Seen(queue.depth(), views);
        } finally {
            release(queue, letters);
        }
    }

    /** What is known of a letter's job; it is empty when there is none, or none that can be read. */
    record Known(Optional<Job> job, LetterCause cause) {
        /** Where the job was last sent, or where the queue is when there is no job to ask; null for nowhere. */
        @Nullable
        RegionId region(DeadLetterQueue queue) {
            return job.isPresent() ? job.get().region() : queue.region();
        }
    }

    static Known known(JobStore jobs, DeadLetterQueue queue, DeadLetter letter) {
        JobMessage message = letter.message();
        try {
            Optional<Job> job = message == null ? Optional.empty() : jobs.find(message.jobId());
            return new Known(job, LetterCause.of(message, queue.region(), job));
        } catch (UnreadableJobException e) {
            log.warn("A newer version of the service wrote the job of a letter: {}", e.getMessage());
            return new Known(Optional.empty(), LetterCause.UNREADABLE_JOB);
        }
    }

    /** Letters that cannot be given back come back by themselves, a little later. */
    static void release(DeadLetterQueue queue, List<DeadLetter> letters) {
        try {
            queue.release(letters);
        } catch (QueueUnavailableException e) {
            log.debug("Letters of {} were not given back", queue.name(), e);
        }
    }
}
