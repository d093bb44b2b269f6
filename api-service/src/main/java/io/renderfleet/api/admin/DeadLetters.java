package io.renderfleet.api.admin;

import io.renderfleet.api.admin.QueuesController.DeadLetterQueueView;
import io.renderfleet.api.queue.QueueCalls;
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
 * Lists dead letters. SQS has no read without a receive: the letters that are read are hidden from other calls and from
 * the distributors until they are released, at the end of the call. A letter can therefore be missing from a listing
 * that runs at the same time as another one.
 */
@Component
class DeadLetters {
    /** Well below the time for which letters that were read stay hidden. */
    private static final Duration TIME_LIMIT = Duration.ofSeconds(15);

    private static final Logger log = LoggerFactory.getLogger(DeadLetters.class);

    private final JobQueues queues;
    private final JobStore jobs;
    private final QueueCalls calls;
    private final Clock clock;

    DeadLetters(JobQueues queues, JobStore jobs, QueueCalls calls, Clock clock) {
        this.queues = queues;
        this.jobs = jobs;
        this.calls = calls;
        this.clock = clock;
    }

    /** The letters of one queue that match, and the number of all its letters. */
    private record Listed(long total, List<DeadLetterView> letters) {}

    /**
     * Lists the matching letters, oldest first.
     *
     * @param limit the maximum number of letters in the answer, and of letters that are read from each queue
     */
    DeadLetterView.Answer list(DeadLetterFilter filter, int limit) {
        List<DeadLetterQueue> matching = matchingQueues(queues, filter);
        Map<String, Callable<Listed>> reads = new LinkedHashMap<>();
        matching.forEach(queue -> reads.put(queue.name(), () -> list(queue, filter, limit)));
        Map<String, Listed> listed = calls.run(reads, TIME_LIMIT);
        return new DeadLetterView.Answer(
                listed.values().stream()
                        .flatMap(one -> one.letters().stream())
                        .sorted(Comparator.comparing(DeadLetterView::sentAt))
                        .limit(limit)
                        .toList(),
                matching.stream()
                        .map(queue -> {
                            Listed one = listed.get(queue.name());
                            return new DeadLetterQueueView(
                                    queue.name(),
                                    queue.region(),
                                    queue.pool(),
                                    queue.lane(),
                                    one == null ? null : one.total());
                        })
                        .toList());
    }

    static List<DeadLetterQueue> matchingQueues(JobQueues queues, DeadLetterFilter filter) {
        return queues.deadLetters().stream()
                .filter(queue -> filter.matches(queue))
                .toList();
    }

    private Listed list(DeadLetterQueue queue, DeadLetterFilter filter, int limit) {
        List<DeadLetter> letters = queue.peek(limit);
        try {
            Instant now = clock.instant();
            List<DeadLetterView> views = new ArrayList<>();
            for (DeadLetter letter : letters) {
                if (filter.matches(letter, now)) {
                    KnownJob known = readJob(jobs, queue, letter);
                    if (filter.matches(known.cause(), known.region(queue))) {
                        views.add(DeadLetterView.of(queue, letter, known.cause(), known.job(), now));
                    }
                }
            }
            return new Listed(queue.depth(), views);
        } finally {
            release(queue, letters);
        }
    }

    /** The job of a letter, empty when there is none or it cannot be read, and the cause that follows from it. */
    record KnownJob(Optional<Job> job, DeadLetterCause cause) {
        /** The region that the job was last sent to; without a job, the region of the queue. Null for neither. */
        @Nullable
        RegionId region(DeadLetterQueue queue) {
            return job.isPresent() ? job.get().region() : queue.region();
        }
    }

    static KnownJob readJob(JobStore jobs, DeadLetterQueue queue, DeadLetter letter) {
        JobMessage message = letter.message();
        try {
            Optional<Job> job = message == null ? Optional.empty() : jobs.find(message.jobId());
            return new KnownJob(job, DeadLetterCause.of(message, queue.region(), job));
        } catch (UnreadableJobException e) {
            log.warn(
                    "Cannot read the job of the dead letter {} in {}: a newer version of the service wrote it. Update"
                            + " this one: {}",
                    letter.messageId(),
                    queue.name(),
                    e.getMessage());
            return new KnownJob(Optional.empty(), DeadLetterCause.UNREADABLE_JOB);
        }
    }

    /** Makes the letters visible again. If that fails, they become visible when their visibility timeout ends. */
    static void release(DeadLetterQueue queue, List<DeadLetter> letters) {
        try {
            queue.release(letters);
        } catch (QueueUnavailableException e) {
            log.debug("The dead letters of {} could not be released; they become visible again later", queue.name(), e);
        }
    }
}
