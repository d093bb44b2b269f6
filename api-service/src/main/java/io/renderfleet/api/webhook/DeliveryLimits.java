package io.renderfleet.api.webhook;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.renderfleet.job.UserId;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Limits the requests that are sent at the same time to one host for one user, and for one user to all hosts, so that slow
 * receivers of one user do not delay the events of others. A host that did not respond recently gets only a few.
 *
 * <p>Thread-safe.
 */
final class DeliveryLimits {
    private static final Duration REMEMBERED = Duration.ofMinutes(5);
    private static final int MAX_REMEMBERED = 10_000;
    private static final int AFTER_SILENCE = 2;

    private final int perReceiver;
    private final Map<UserId, Integer> ofUsers = new HashMap<>();
    private final Map<Receiver, Integer> ofReceivers = new HashMap<>();
    private final Cache<Receiver, Boolean> silent = Caffeine.newBuilder()
            .expireAfterWrite(REMEMBERED)
            .maximumSize(MAX_REMEMBERED)
            .build();

    DeliveryLimits(int perReceiver) {
        this.perReceiver = perReceiver;
    }

    /** A host, as one user's receiver. */
    private record Receiver(UserId user, String host) {}

    /** The right to send one request, until it is closed. */
    final class Permit implements AutoCloseable {
        private final Receiver receiver;

        private Permit(Receiver receiver) {
            this.receiver = receiver;
        }

        /** Notes whether there was a response. */
        void responded(boolean hasResponse) {
            if (hasResponse) {
                silent.invalidate(receiver);
            } else {
                silent.put(receiver, true);
            }
        }

        @Override
        public void close() {
            synchronized (DeliveryLimits.this) {
                ofUsers.merge(receiver.user(), -1, DeliveryLimits::sum);
                ofReceivers.merge(receiver, -1, DeliveryLimits::sum);
            }
        }
    }

    /** Removes the entry at 0, so that only users with open requests take memory. */
    private static @Nullable Integer sum(int before, int change) {
        return before + change == 0 ? null : before + change;
    }

    /** A permit; null if there are enough requests already. */
    @Nullable
    Permit tryAcquire(UserId user, String host) {
        Receiver receiver = new Receiver(user, host);
        int limit = silent.getIfPresent(receiver) == null ? perReceiver : Math.min(perReceiver, AFTER_SILENCE);
        synchronized (this) {
            if (ofReceivers.getOrDefault(receiver, 0) >= limit || ofUsers.getOrDefault(user, 0) >= 2 * perReceiver) {
                return null;
            }
            ofUsers.merge(user, 1, Integer::sum);
            ofReceivers.merge(receiver, 1, Integer::sum);
        }
        return new Permit(receiver);
    }
}
