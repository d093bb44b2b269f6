package io.renderfleet.api.submission;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.resilience4j.core.IntervalFunction;
import io.renderfleet.job.JobStore.SubmitOutcome;
import io.renderfleet.job.NewJob;
import io.renderfleet.job.OrderingKey;
import io.renderfleet.job.UserId;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemType;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/**
 * Limits the number of concurrent calls to the jobs table. Other calls wait for a slot, for at most {@link
 * SubmissionSettings#storeWait()}. The jobs of one ordering key are stored one at a time. A job holds no slot while it
 * waits for another job of its key, or pauses because another instance stores one, so a busy key does not delay others.
 */
@Component
class StoreSlots {
    /**
     * The number of jobs that may wait for one ordering key: about as many as can be stored within the default of 5 s.
     */
    private static final int MAX_WAITING = 200;

    /**
     * The pause between two tries when another instance stores jobs of the same key: 10 ms to 250 ms, plus or minus 50
     * %.
     */
    private static final IntervalFunction CONTENTION_PAUSE =
            IntervalFunction.ofExponentialRandomBackoff(Duration.ofMillis(10), 2, 0.5, Duration.ofMillis(250));

    private final Semaphore slots;
    private final SubmissionSettings settings;

    /** One semaphore per ordering key, which exists while a request holds it or waits for it. */
    private final Cache<Key, Semaphore> turns =
            Caffeine.newBuilder().weakValues().build();

    StoreSlots(SubmissionSettings settings) {
        this.slots = new Semaphore(settings.concurrentStores(), true);
        this.settings = settings;
    }

    private record Key(UserId user, OrderingKey key) {}

    /** Runs a call in a slot; throws a {@link ProblemException} when no slot became free in time. */
    <T> T in(Supplier<T> call) {
        return in(call, deadline());
    }

    private <T> T in(Supplier<T> call, long deadline) {
        acquire(slots, deadline, ProblemType.BUSY);
        try {
            return call.get();
        } finally {
            slots.release();
        }
    }

    /**
     * Stores a job, with or without an ordering key.
     *
     * @param write one try to store the job
     * @return the outcome, never {@link SubmitOutcome.Contended}
     * @throws ProblemException when the job could not be stored within {@link SubmissionSettings#storeWait()}, or too
     *     many jobs already wait for the ordering key
     */
    SubmitOutcome store(NewJob job, Supplier<SubmitOutcome> write) {
        OrderingKey key = job.orderingKey();
        if (key == null) {
            return in(write);
        }
        Semaphore turn = turns.get(new Key(job.userId(), key), _ -> new Semaphore(1, true));
        if (turn.getQueueLength() >= MAX_WAITING) {
            throw busy(ProblemType.ORDERING_KEY_BUSY);
        }
        long deadline = deadline();
        acquire(turn, deadline, ProblemType.ORDERING_KEY_BUSY);
        try {
            return storeInOrder(write, deadline);
        } finally {
            turn.release();
        }
    }

    private SubmitOutcome storeInOrder(Supplier<SubmitOutcome> write, long deadline) {
        for (int tries = 1; ; tries++) {
            SubmitOutcome outcome = in(write, deadline);
            if (!(outcome instanceof SubmitOutcome.Contended)) {
                return outcome;
            }
            long pause = TimeUnit.MILLISECONDS.toNanos(CONTENTION_PAUSE.apply(tries));
            if (System.nanoTime() + pause - deadline > 0) {
                throw busy(ProblemType.ORDERING_KEY_BUSY);
            }
            try {
                TimeUnit.NANOSECONDS.sleep(pause);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw busy(ProblemType.ORDERING_KEY_BUSY);
            }
        }
    }

    private long deadline() {
        return System.nanoTime() + settings.storeWait().toNanos();
    }

    private void acquire(Semaphore turn, long deadline, ProblemType type) {
        try {
            if (!turn.tryAcquire(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                throw busy(type);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw busy(type);
        }
    }

    private ProblemException busy(ProblemType type) {
        String detail = type.equals(ProblemType.ORDERING_KEY_BUSY)
                ? "Jobs with this ordering key arrive faster than they can be stored in order. Send the same request"
                        + " again after Retry-After, or use more keys, because jobs of different keys are stored in"
                        + " parallel."
                : "Jobs arrive faster than they can be stored. Send the same request again after Retry-After.";
        return ProblemException.unavailable(type, detail, settings.retryAfter(), null);
    }
}
