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
 * The deletions and releases of messages that are running. Routing does not wait for them, because they are collected
 * into full batches. A message whose deletion fails is received and deleted again. Only the shutdown waits for all of
 * them.
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
                log.debug(
                        "A message could not be deleted or released and will be received again: {}",
                        failure.getMessage());
            }
        });
    }

    /** Waits for all running acknowledgements, at most for the timeout. */
    void drain(Duration timeout) throws InterruptedException {
        try {
            CompletableFuture.allOf(underWay.values().toArray(CompletableFuture[]::new))
                    .get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            log.debug("A message could not be deleted or released during the shutdown; it will be received again", e);
        } catch (TimeoutException e) {
            log.warn(
                    "{} messages were not deleted or released before the shutdown; they will be received again",
                    underWay.size());
        }
    }
}
