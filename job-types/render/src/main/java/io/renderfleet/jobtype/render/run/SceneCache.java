package io.renderfleet.jobtype.render.run;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.renderfleet.render.Scene;
import io.renderfleet.render.SceneReader;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * A cache of parsed scenes by the digest of their design, limited by their size in memory. Concurrent jobs for one
 * scene cause one parse, and the number of concurrent parses is limited by the heap. A scene that is evicted while a
 * job renders it stays in memory until the job has ended.
 */
final class SceneCache {
    private static final long KIB = 1024;

    /**
     * The time limit of a load: the download, the wait for other parses and the parse. The largest scene takes seconds.
     */
    private static final Duration LOAD_LIMIT = Duration.ofMinutes(10);

    private final DesignCache designs;
    private final SceneReader reader;
    private final Semaphore parsers;
    private final Executor loads;
    private final AsyncCache<String, Scene> scenes;

    /**
     * Creates an empty cache.
     *
     * @param maxBytes the largest total size of the cached scenes in memory
     * @param parsers the largest number of concurrent parses
     */
    SceneCache(DesignCache designs, SceneReader reader, long maxBytes, int parsers, Executor loads) {
        this.designs = designs;
        this.reader = reader;
        this.loads = loads;
        this.parsers = new Semaphore(parsers, true);
        // Evictions run on the common pool; on another executor Caffeine may delay them until the cache is used again.
        this.scenes = Caffeine.newBuilder()
                .maximumWeight(Math.max(1, maxBytes / KIB))
                .weigher((String digest, Scene scene) ->
                        Math.toIntExact(Math.ceilDiv(Math.max(1, scene.sizeInBytes()), KIB)))
                .buildAsync();
    }

    /**
     * The scene of a design, loaded if it is not in the cache.
     *
     * @param stopped whether the caller was stopped, which ends its wait
     * @throws Loading.LoadAbandonedException if the caller was stopped before the scene was loaded
     */
    Scene scene(String digest, BooleanSupplier stopped) throws IOException {
        return Loading.await(
                scenes.get(digest, (same, _) -> Loading.start(() -> read(same), LOAD_LIMIT, loads)), stopped);
    }

    private Scene read(String digest) throws IOException {
        try {
            return designs.read(digest, this::parse);
        } catch (OutOfMemoryError e) {
            // Evicts now, so that the next parse has memory; scenes in use stay in memory.
            scenes.synchronous().invalidateAll();
            throw e;
        }
    }

    private Scene parse(Path file) throws IOException {
        try {
            if (!parsers.tryAcquire(LOAD_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException("other scenes took too long to parse");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while other scenes were parsed");
        }
        try {
            return reader.read(file);
        } finally {
            parsers.release();
        }
    }
}
