package io.renderfleet.jobtype.inference.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.renderfleet.jobtype.inference.InferenceAnswer.Status;
import io.renderfleet.jobtype.inference.InferenceAnswer.TaskAnswer;
import io.renderfleet.jobtype.inference.InferenceAnswer.TaskError;
import io.renderfleet.jobtype.inference.InferenceAnswer.Usage;
import io.renderfleet.jobtype.inference.InferencePayload.Task;
import io.renderfleet.jobtype.inference.keys.CallNeed;
import io.renderfleet.jobtype.inference.keys.CallOutcome;
import io.renderfleet.jobtype.inference.keys.DomainName;
import io.renderfleet.jobtype.inference.keys.KeyId;
import io.renderfleet.jobtype.inference.keys.KeyPool.Choice;
import io.renderfleet.jobtype.inference.keys.Permit;
import io.renderfleet.jobtype.inference.model.AnswerSchema;
import io.renderfleet.jobtype.inference.model.ModelReply;
import io.renderfleet.jobtype.inference.run.ModelPools.ModelPool;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Gets the answer to one task. A call that a key's limits refuse is made again at once with a key of another quota
 * domain, until all keys were tried. A call that fails at the provider is made again after 2 and 4 seconds. An answer that
 * does not satisfy the task's schema is asked for once more. All of this happens before the deadline.
 *
 * <p>Used once, by one thread.
 */
final class TaskRun {
    private static final int RETRIES = 2;

    /** A shorter wait for a key costs less than deferring the job. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private static final Duration HURRIED = Duration.ofSeconds(2);

    /** How soon to look for keys again when none can be used until an operator changes something. */
    private static final Duration NO_KEY_WAIT = Duration.ofMinutes(1);

    private final Task task;
    private final String model;
    private final ModelPool pool;
    private final Instant deadline;
    private final InstantSource clock;
    private final Semaphore calls;
    private final @Nullable AnswerSchema schema;
    private final Set<KeyId> tried = new HashSet<>();
    private final Set<DomainName> excluded = new HashSet<>();
    private JsonNode messages;
    private Usage usage = Usage.NONE;
    private boolean called;
    private boolean repaired;
    private int retries;
    private Duration pause = Duration.ZERO;

    /** How the task ended. */
    sealed interface End {
        record Answered(TaskAnswer answer) implements End {}

        /**
         * No key can be used before then.
         *
         * @param usage the tokens of the calls that were made nevertheless; null if none was answered
         */
        record NoCapacity(Instant until, @Nullable Usage usage) implements End {}
    }

    /**
     * @param model the provider's name of the model
     * @param deadline when the task ends without an answer
     * @param calls has a permit for each call that this process may make at the same time
     */
    TaskRun(Task task, String model, ModelPool pool, Instant deadline, InstantSource clock, Semaphore calls) {
        this.task = task;
        this.model = model;
        this.pool = pool;
        this.deadline = deadline;
        this.clock = clock;
        this.calls = calls;
        this.schema = task.responseSchema() == null ? null : new AnswerSchema(task.responseSchema());
        this.messages = task.messages();
    }

    /** @throws InterruptedException if the thread was interrupted; the call in progress has been cancelled */
    End run() throws InterruptedException {
        // Ends, because each turn makes a call, spends a retry, tries one key more, or comes closer to the deadline.
        while (left().isPositive() && calls.tryAcquire(left().toNanos(), TimeUnit.NANOSECONDS)) {
            End end;
            try {
                end = turn();
            } finally {
                calls.release();
            }
            if (end != null) {
                return end;
            }
            sleep(pause);
        }
        return new End.Answered(without(
                Status.UNFINISHED,
                new TaskError("deadline", "The task had no answer before the deadline of the job.")));
    }

    /** At most one call; null if the task goes on after the pause. */
    private @Nullable End turn() throws InterruptedException {
        pause = Duration.ZERO;
        Optional<Instant> closed = pool.endpoint().take();
        if (closed.isPresent()) {
            return waitFor(closed.get());
        }
        Choice choice = pool.keys().acquire(new CallNeed(TokenEstimate.of(task), tried, excluded));
        if (!(choice instanceof Choice.Taken)) {
            pool.endpoint().given();
        }
        switch (choice) {
            case Choice.Taken(Permit permit) -> {
                TaskAnswer answer = answer(permit);
                return answer == null ? null : new End.Answered(answer);
            }
            case Choice.NoCapacity(Instant until) -> {
                return waitFor(until);
            }
            case Choice.NoKey _ -> {
                if (tried.isEmpty() && excluded.isEmpty()) {
                    return noCapacity(clock.instant().plus(NO_KEY_WAIT));
                }
                // Every key was tried. What the pool has learned about them decides when one can be used again.
                tried.clear();
                excluded.clear();
                return retriesLater() ? null : noCapacity(clock.instant().plus(NO_KEY_WAIT));
            }
        }
    }

    private @Nullable End waitFor(Instant until) {
        Duration wait = Duration.between(clock.instant(), until);
        if (wait.compareTo(PATIENCE) > 0) {
            return noCapacity(until);
        }
        pause = wait;
        return null;
    }

    private End noCapacity(Instant until) {
        return new End.NoCapacity(until, called ? usage : null);
    }

    private Duration left() {
        return Duration.between(clock.instant(), deadline);
    }

    /** One call; null if the task goes on. */
    private @Nullable TaskAnswer answer(Permit permit) throws InterruptedException {
        ModelReply reply = call(permit);
        switch (reply) {
            case ModelReply.Answered answered -> {
                called = true;
                usage = usage.plus(answered.usage());
                return read(answered);
            }
            case ModelReply.RateLimited _ -> {
                tried.add(permit.key());
                excluded.add(permit.domain());
            }
            case ModelReply.QuotaExhausted _, ModelReply.Unauthorized _ -> tried.add(permit.key());
            case ModelReply.Refused(TaskError error) -> {
                return without(Status.FAILED, error);
            }
            case ModelReply.Failed(String cause) -> {
                // If the provider fails for everybody, the task waits for it, and does not fail.
                if (pool.endpoint().closedUntil().isEmpty() && !retriesLater()) {
                    return without(
                            Status.FAILED,
                            new TaskError("provider-failed", "The provider did not answer (" + cause + ")."));
                }
            }
        }
        return null;
    }

    private ModelReply call(Permit permit) throws InterruptedException {
        Duration time = left();
        long started = System.nanoTime();
        ModelReply reply = null;
        try {
            reply = pool.client().call(permit.secret(), model, task, messages, time);
            return reply;
        } finally {
            permit.end(reply == null ? new CallOutcome.Abandoned() : reply.outcome());
            // A call that had little time says nothing about the provider.
            boolean hurried = reply instanceof ModelReply.Failed && time.compareTo(HURRIED) < 0;
            if (reply == null || hurried) {
                pool.endpoint().given();
            } else {
                pool.endpoint().ended(reply, Duration.ofNanos(System.nanoTime() - started));
            }
        }
    }

    /** The answer; null if the model is asked once more. */
    private @Nullable TaskAnswer read(ModelReply.Answered answered) {
        if (answered.cut()) {
            return without(
                    Status.FAILED,
                    new TaskError("answer-cut", "The answer is longer than the limit of tokens. Raise maxTokens."));
        }
        if (schema == null) {
            return with(TextNode.valueOf(answered.text()), answered);
        }
        return switch (schema.read(answered.text())) {
            case AnswerSchema.Reading.Valid(JsonNode value) -> with(value, answered);
            case AnswerSchema.Reading.Invalid(String reason) -> {
                if (repaired) {
                    yield without(Status.FAILED, new TaskError("schema-mismatch", reason));
                }
                repaired = true;
                messages = repair(answered.text(), reason);
                yield null;
            }
        };
    }

    private JsonNode repair(String answer, String reason) {
        ArrayNode more = task.messages().deepCopy();
        more.addObject().put("role", "assistant").put("content", answer);
        more.addObject()
                .put("role", "user")
                .put("content", reason + " Answer again, with JSON that satisfies the schema and nothing else.");
        return more;
    }

    private TaskAnswer with(JsonNode output, ModelReply.Answered answered) {
        return new TaskAnswer(
                task.taskId(),
                Status.ANSWERED,
                output,
                usage,
                answered.model(),
                answered.latency().toMillis(),
                null,
                null);
    }

    private TaskAnswer without(Status status, TaskError error) {
        return new TaskAnswer(task.taskId(), status, null, called ? usage : null, null, null, null, error);
    }

    /** Whether there is another retry, after the pause that this sets. */
    private boolean retriesLater() {
        if (retries == RETRIES) {
            return false;
        }
        retries++;
        pause = Duration.ofSeconds(1L << retries);
        return true;
    }

    private void sleep(Duration wait) throws InterruptedException {
        Duration left = left();
        Duration atMost = wait.compareTo(left) < 0 ? wait : left;
        if (atMost.isPositive()) {
            Thread.sleep(atMost);
        }
    }
}
