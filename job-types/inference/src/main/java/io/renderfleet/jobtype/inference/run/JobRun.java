package io.renderfleet.jobtype.inference.run;

import io.renderfleet.jobtype.AttemptException.DeferredException;
import io.renderfleet.jobtype.AttemptException.StoppedException;
import io.renderfleet.jobtype.JobAttempt;
import io.renderfleet.jobtype.JobRunner.JobOutput;
import io.renderfleet.jobtype.inference.InferenceAnswer.Status;
import io.renderfleet.jobtype.inference.InferenceAnswer.TaskAnswer;
import io.renderfleet.jobtype.inference.InferenceAnswer.TaskError;
import io.renderfleet.jobtype.inference.InferenceAnswer.Usage;
import io.renderfleet.jobtype.inference.InferencePayload;
import io.renderfleet.jobtype.inference.InferencePayload.Task;
import io.renderfleet.jobtype.inference.cache.AnswerCache;
import io.renderfleet.jobtype.inference.fetch.ImageException;
import io.renderfleet.jobtype.inference.fetch.TaskImages;
import io.renderfleet.jobtype.inference.run.ModelPools.ModelPool;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt at an inference job. Its tasks run at the same time. Answers of earlier attempts are not asked for again. If
 * the keys have no capacity for some tasks, the others are finished and kept, and the job is deferred.
 *
 * <p>Used once.
 */
final class JobRun {
    private static final Logger log = LoggerFactory.getLogger(JobRun.class);

    /** How often new answers are kept, so that the next attempt has them if this worker is killed. */
    private static final Duration KEEP = Duration.ofSeconds(5);

    /** Longer than it takes the worker to stop an attempt whose time is over. */
    private static final Duration STOP = Duration.ofMinutes(1);

    private final InferencePayload job;
    private final JobAttempt attempt;
    private final ModelPool pool;
    private final TaskImages images;
    private final AnswerCache cache;
    private final Semaphore calls;
    private final InstantSource clock;
    private final Answers answers;
    private @Nullable Instant noCapacityBefore;

    JobRun(
            InferencePayload job,
            JobAttempt attempt,
            ModelPool pool,
            TaskImages images,
            AnswerCache cache,
            Semaphore calls,
            InstantSource clock) {
        this.job = job;
        this.attempt = attempt;
        this.pool = pool;
        this.images = images;
        this.cache = cache;
        this.calls = calls;
        this.clock = clock;
        this.answers = Answers.of(job.tasks(), attempt.kept().orElse(null));
    }

    /** How a task ended. */
    private record Ended(Task task, TaskRun.End end) {}

    JobOutput run() throws IOException, InterruptedException {
        try {
            askAll();
        } finally {
            if (!answers.isComplete() && answers.isWorthKeeping()) {
                attempt.keep(answers.kept(JobAttempt.MAX_KEPT_BYTES));
            }
        }
        if (attempt.isStopped()) {
            throw new StoppedException();
        }
        if (noCapacityBefore != null && !isOver(noCapacityBefore)) {
            throw new DeferredException("no key can be used before " + noCapacityBefore, noCapacityBefore);
        }
        return answers.write(attempt.scratch());
    }

    /** Whether the job must end before the given time. */
    private boolean isOver(Instant time) {
        return job.deadline() != null && !time.isBefore(job.deadline());
    }

    private void askAll() throws InterruptedException {
        List<Task> open = answers.open();
        try (ExecutorService threads = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("task-" + attempt.jobId() + "-", 0).factory())) {
            // A task that is interrupted ends its call, so that the executor closes at once.
            attempt.onStop(threads::shutdownNow);
            CompletionService<Ended> ended = new ExecutorCompletionService<>(threads);
            if (!attempt.isStopped()) {
                open.forEach(task -> ended.submit(() -> new Ended(task, ask(task))));
                collect(ended, open.size(), threads);
            }
        }
    }

    private TaskRun.End ask(Task task) throws InterruptedException {
        String model = Objects.requireNonNull(pool.models().get(job.model()), "the pool offers the model");
        Instant deadline =
                Objects.requireNonNullElse(job.deadline(), attempt.deadline().plus(STOP));
        try (TaskImages.Loaded loaded = images.load(task, deadline)) {
            return ask(loaded.task(), model, deadline);
        } catch (ImageException e) {
            return new TaskRun.End.Answered(Answers.without(task, Status.FAILED, e.error()));
        } catch (RuntimeException e) {
            // One task must not take the answers of the others with it.
            log.error("Task {} of job {} failed unexpectedly", task.taskId(), attempt.jobId(), e);
            return new TaskRun.End.Answered(Answers.without(
                    task, Status.FAILED, new TaskError("internal-error", "The task failed unexpectedly.")));
        }
    }

    private TaskRun.End ask(Task task, String model, Instant deadline) throws InterruptedException {
        Optional<String> key = cache.key(attempt.owner(), job.model(), model, task);
        Optional<TaskAnswer> known = key.flatMap(question -> cache.find(question, task.taskId()));
        if (known.isPresent()) {
            return new TaskRun.End.Answered(known.get());
        }
        TaskRun.End end = new TaskRun(task, model, pool, deadline, clock, calls).run();
        if (key.isPresent() && end instanceof TaskRun.End.Answered(TaskAnswer answer)) {
            cache.put(key.get(), answer);
        }
        return end;
    }

    private void collect(CompletionService<Ended> ended, int count, ExecutorService threads)
            throws InterruptedException {
        long kept = System.nanoTime();
        for (int i = 0; i < count; i++) {
            try {
                collect(ended.take().get());
            } catch (ExecutionException e) {
                if (e.getCause() instanceof Error error) {
                    threads.shutdownNow();
                    throw error;
                }
                // The task was interrupted, because the attempt is stopped.
                continue;
            }
            attempt.progress(answers.share());
            if (System.nanoTime() - kept > KEEP.toNanos()) {
                attempt.keep(answers.kept(JobAttempt.MAX_KEPT_BYTES));
                kept = System.nanoTime();
            }
        }
    }

    private void collect(Ended task) {
        switch (task.end()) {
            case TaskRun.End.Answered(TaskAnswer answer) -> answers.add(answer);
            case TaskRun.End.NoCapacity(Instant until, Usage usage) -> {
                answers.spend(task.task().taskId(), usage);
                if (noCapacityBefore == null || until.isBefore(noCapacityBefore)) {
                    noCapacityBefore = until;
                }
            }
        }
    }
}
