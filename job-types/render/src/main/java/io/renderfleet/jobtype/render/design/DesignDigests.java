package io.renderfleet.jobtype.render.design;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.renderfleet.identity.Library;
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
 * A cache of the digests of designs, so that many jobs for one design cost one read. When a design is replaced or
 * deleted, the instance that did it uses the new digest at once, and other instances after {@link DesignSettings#lookupTtl()}.
 * Ids without a design are not cached. A user's design is taken before a shared one with the same id.
 *
 * <p>Each id is looked up on its own thread, outside the cache's computation, so that a slow look-up delays only
 * callers that need the same id. At most 32 ids are looked up at the same time, each for at most 10 seconds.
 *
 * <p>Thread-safe. Errors of S3 are thrown as exceptions of the SDK.
 */
public class DesignDigests implements AutoCloseable {
    /** Less than the number of connections of an S3 client. */
    private static final int CONCURRENT_LOOKUPS = 32;

    private final Function<Name, Optional<String>> lookup;
    private final Duration limit;
    private final Semaphore turns = new Semaphore(CONCURRENT_LOOKUPS, true);
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("design-lookup-", 0).factory());
    private final AsyncCache<Name, String> digests;

    DesignDigests(DesignStore store, DesignSettings settings) {
        this(
                name -> store.find(name.library(), name.id())
                        .or(() -> name.library().equals(Library.SHARED)
                                ? Optional.empty()
                                : store.find(Library.SHARED, name.id()))
                        .map(Design::digest),
                RegionClients.CALL_TIMEOUT,
                settings);
    }

    /** @param limit the time limit of one look-up, including the wait for its start */
    DesignDigests(Function<Name, Optional<String>> lookup, Duration limit, DesignSettings settings) {
        this.lookup = lookup;
        this.limit = limit;
        this.digests = Caffeine.newBuilder()
                .maximumSize(settings.lookupEntries())
                .expireAfterWrite(settings.lookupTtl())
                .buildAsync();
    }

    /** A design as a job of a user names it. */
    record Name(Library library, DesignId id) {}

    /**
     * The SHA-256 of the design's bytes in lower-case hex; empty if neither the library nor the shared one has such a
     * design.
     */
    public Optional<String> find(Library library, DesignId id) {
        try {
            return Optional.ofNullable(digests.get(new Name(library, id), (name, _) -> start(name))
                    .get(limit.toNanos(), TimeUnit.NANOSECONDS));
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
        return SdkClientException.create("S3 did not return the document of a design within " + limit, e);
    }

    void stored(Library library, Design design) {
        deleted(library, design.id());
        digests.put(new Name(library, design.id()), CompletableFuture.completedFuture(design.digest()));
    }

    /** The design of this id was deleted or replaced. */
    void deleted(Library library, DesignId id) {
        if (library.equals(Library.SHARED)) {
            // Users without a design of this id have the shared one.
            digests.asMap().keySet().removeIf(name -> name.id().equals(id));
        } else {
            digests.asMap().remove(new Name(library, id));
        }
    }

    /** A look-up that fails or finds no design is not cached. */
    private CompletableFuture<String> start(Name name) {
        CompletableFuture<String> found = new CompletableFuture<>();
        Future<?> task = threads.submit(() -> {
            try {
                found.complete(lookUp(name));
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

    @SuppressWarnings("NullAway") // Caffeine does not cache null.
    private String lookUp(Name name) throws InterruptedException {
        turns.acquire();
        try {
            return lookup.apply(name).orElse(null);
        } finally {
            turns.release();
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
