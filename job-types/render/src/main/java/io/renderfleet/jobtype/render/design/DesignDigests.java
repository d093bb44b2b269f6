package io.renderfleet.jobtype.render.design;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.renderfleet.region.RegionClients;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkClientException;

/**
 * What each design's name stands for, remembered for a short while so that a burst of jobs for one design costs one
 * look-up. A name that was given to other bytes is known at once by the instance that stored them, and by the others
 * after {@link DesignSettings#lookupTtl()}. A name that stands for nothing is never remembered.
 *
 * <p>Each name is looked up on a thread of its own, outside the cache's computation, so that a slow look-up delays only
 * the callers who ask for the same name. At most 32 names are looked up at a time, each for at most 10 seconds.
 *
 * <p>Thread-safe. Errors of S3 come out as the SDK's exceptions.
 */
public class DesignDigests implements AutoCloseable {
    /** Below the connections that a client of S3 has. */
    private static final int CONCURRENT_LOOKUPS = 32;

    private final Function<DesignId, Optional<String>> lookup;
    private final Duration limit;
    private final Semaphore turns = new Semaphore(CONCURRENT_LOOKUPS, true);
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("design-lookup-", 0).factory());
    private final AsyncCache<DesignId, String> digests;

    DesignDigests(DesignStore store, DesignSettings settings) {
        this(id -> store.find(id).map(Design::digest), RegionClients.CALL_TIMEOUT, settings);
    }

    /** @param limit how long one look-up may take, with the wait for its turn */
    DesignDigests(Function<DesignId, Optional<String>> lookup, Duration limit, DesignSettings settings) {
        this.lookup = lookup;
        this.limit = limit;
        this.digests = Caffeine.newBuilder()
                .maximumSize(settings.lookupEntries())
                .expireAfterWrite(settings.lookupTtl())
                .buildAsync();
    }

    /** The digest of the bytes that the name stands for; empty when there is no such design. */
    public Optional<String> find(DesignId id) {
        try {
            return Optional.ofNullable(
                    digests.get(id, (name, _) -> start(name)).get(limit.toNanos(), TimeUnit.NANOSECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw AbortedException.create("interrupted while a design was looked up", e);
        } catch (TimeoutException e) {
            throw tooSlow(e);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case TimeoutException slow -> throw tooSlow(slow);
                case RuntimeException failure -> throw failure;
                case Error error -> throw error;
                case null, default -> throw new IllegalStateException("a design could not be looked up", e);
            }
        }
    }

    private SdkClientException tooSlow(TimeoutException e) {
        return SdkClientException.create(
                "S3 did not answer within " + limit + " which file a design's name stands for", e);
    }

    void stored(Design design) {
        digests.put(design.id(), CompletableFuture.completedFuture(design.digest()));
    }

    /** Nothing is remembered of a look-up that fails or finds nothing. */
    private CompletableFuture<String> start(DesignId id) {
        CompletableFuture<String> found = new CompletableFuture<>();
        Future<?> task = threads.submit(() -> {
            try {
                found.complete(lookUp(id));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                found.completeExceptionally(AbortedException.create("interrupted while a design was looked up", e));
            } catch (RuntimeException | Error e) {
                found.completeExceptionally(e);
            }
        });
        return found.orTimeout(limit.toNanos(), TimeUnit.NANOSECONDS).whenComplete((_, failure) -> {
            if (failure instanceof TimeoutException) {
                task.cancel(true);
            }
        });
    }

    @SuppressWarnings("NullAway") // Caffeine takes null for nothing, and remembers nothing then.
    private String lookUp(DesignId id) throws InterruptedException {
        turns.acquire();
        try {
            return lookup.apply(id).orElse(null);
        } finally {
            turns.release();
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
