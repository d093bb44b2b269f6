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
 * Bounds how many calls to the jobs table run at a time. The others wait for a slot, for at most
 * {@link SubmissionSettings#storeWait()}. The jobs of one ordering key are stored one at a time: a job that waits for
 * another of its key, or pauses because another instance stores one, holds no slot, so that a busy key slows only itself.
 */
@Component
class StoreSlots {
    /** How many may wait for one ordering key: about as many as are stored within the default wait of 5 s. */
    private static final int MAX_WAITING = 200;

    /** The pause between two tries when other instances store jobs of the same key, with a jitter of a half. */
    private static final IntervalFunction CONTENTION_PAUSE =
            IntervalFunction.ofExponentialRandomBackoff(Duration.ofMillis(10), 2, 0.5, Duration.ofMillis(250));

    private final Semaphore slots;
    private final SubmissionSettings settings;

    /** A key's semaphore lives as long as a request holds it or waits for it. */
    private final Cache<Key, Semaphore> turns =
            Caffeine.newBuilder().weakValues().build();

    StoreSlots(SubmissionSettings settings) {
        this.slots = new Semaphore(settings.concurrentStores(), true);
        this.settings = settings;
    }

    private record Key(UserId user, OrderingKey key) {}

    /** {@link ProblemException} when no turn came in time. */
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
     * Stores a job, which may have an ordering key; never {@link SubmitOutcome.Contended}. {@link ProblemException} when
     * there was no turn within {@link SubmissionSettings#storeWait()}, or too many wait for the key already.
     *
     * @param write one try to store it
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
            return inTurn(write, deadline);
        } finally {
            turn.release();
        }
    }

    private SubmitOutcome inTurn(Supplier<SubmitOutcome> write, long deadline) {
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

    private void acquire(Semaphore turn, long deadline, ProblemType otherwise) {
        try {
            if (!turn.tryAcquire(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                throw busy(otherwise);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw busy(otherwise);
        }
    }

    private ProblemException busy(ProblemType type) {
        String detail = type.equals(ProblemType.ORDERING_KEY_BUSY)
                ? "More jobs of this ordering key arrive than can be put in order. Send the same request again after"
                        + " Retry-After, or use more keys: jobs of different keys are stored side by side."
                : "More jobs arrive than can be stored. Send the same request again after Retry-After.";
        return ProblemException.unavailable(type, detail, settings.retryAfter(), null);
    }
}
