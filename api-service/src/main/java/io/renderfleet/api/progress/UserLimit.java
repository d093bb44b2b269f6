package io.renderfleet.api.progress;

import io.renderfleet.job.UserId;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/** Counts what users hold at this instance, and limits it for each of them and for all together. Thread-safe. */
final class UserLimit {
    private final int max;
    private final int maxPerUser;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<UserId, Integer> held = new HashMap<>();
    private int total;

    UserLimit(int max, int maxPerUser) {
        this.max = max;
        this.maxPerUser = maxPerUser;
    }

    enum Outcome {
        TAKEN,
        TOO_MANY_OF_USER,
        TOO_MANY
    }

    /** Takes one, which must be given back with {@link #release} if the outcome is {@link Outcome#TAKEN}. */
    Outcome take(UserId user) {
        lock.lock();
        try {
            if (total >= max) {
                return Outcome.TOO_MANY;
            }
            int own = held.getOrDefault(user, 0);
            if (own >= maxPerUser) {
                return Outcome.TOO_MANY_OF_USER;
            }
            held.put(user, own + 1);
            total++;
            return Outcome.TAKEN;
        } finally {
            lock.unlock();
        }
    }

    void release(UserId user) {
        lock.lock();
        try {
            held.computeIfPresent(user, (_, own) -> own == 1 ? null : own - 1);
            total--;
        } finally {
            lock.unlock();
        }
    }

    int total() {
        lock.lock();
        try {
            return total;
        } finally {
            lock.unlock();
        }
    }
}
