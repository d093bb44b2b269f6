package io.renderfleet.distributor.intake;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletions and releases under way. Nobody waits for one: they are gathered into full batches, and a message whose
 * acknowledgement fails is received once more and found to be done with. Only shutting down waits for them all.
 *
 * <p>Thread-safe.
 */
final class Acknowledgements {
    private static final Logger log = LoggerFactory.getLogger(Acknowledgements.class);

    private final Map<Object, CompletableFuture<Void>> underWay = new ConcurrentHashMap<>();

    void add(CompletableFuture<Void> acknowledgement) {
        var ticket = new Object();
        underWay.put(ticket, acknowledgement);
        var _ = acknowledgement.whenComplete((done, failure) -> {
            underWay.remove(ticket);
            if (failure != null) {
                log.debug("A message was not acknowledged and will be received again: {}", failure.getMessage());
            }
        });
    }

    /** Waits for all that are under way, at most for so long. */
    void drain(Duration timeout) throws InterruptedException {
        try {
            CompletableFuture.allOf(underWay.values().toArray(CompletableFuture[]::new))
                    .get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            log.debug("A message was not acknowledged while shutting down", e);
        } catch (TimeoutException e) {
            log.warn("{} messages were not acknowledged in time; they will be received again", underWay.size());
        }
    }
}
