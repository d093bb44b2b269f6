package io.renderfleet.api.submission;

import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemType;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/** Lets so many calls to the jobs table run at a time; the others wait their turn, and not for long. */
@Component
class StoreSlots {
    private final Semaphore slots;
    private final SubmissionSettings settings;

    StoreSlots(SubmissionSettings settings) {
        this.slots = new Semaphore(settings.concurrentStores(), true);
        this.settings = settings;
    }

    /** {@link ProblemException} when no turn came in time. */
    <T> T in(Supplier<T> call) {
        try {
            if (!slots.tryAcquire(settings.storeWait().toNanos(), TimeUnit.NANOSECONDS)) {
                throw busy();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw busy();
        }
        try {
            return call.get();
        } finally {
            slots.release();
        }
    }

    private ProblemException busy() {
        return ProblemException.unavailable(
                ProblemType.BUSY,
                "More jobs arrive than can be stored. Send the same request again after Retry-After.",
                settings.retryAfter(),
                null);
    }
}
