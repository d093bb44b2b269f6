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
 * Parsed scenes by the digest of their design, as many as their weights allow. Several jobs that want a scene at once
 * cause one parse, and no more are parsed at once than the heap has room for. A scene that was evicted lives on as long
 * as a render uses it.
 */
final class SceneCache {
    private static final long KIB = 1024;

    /** A fetch, a turn at parsing and the parse; the largest scene takes seconds. */
    private static final Duration LOAD_LIMIT = Duration.ofMinutes(10);

    private final DesignCache designs;
    private final SceneReader reader;
    private final Semaphore parsers;
    private final Executor loads;
    private final AsyncCache<String, Scene> scenes;

    /**
     * A cache that is empty.
     *
     * @param maxBytes what the scenes in it may weigh
     * @param parsers how many may be parsed at once
     */
    SceneCache(DesignCache designs, SceneReader reader, long maxBytes, int parsers, Executor loads) {
        this.designs = designs;
        this.reader = reader;
        this.loads = loads;
        this.parsers = new Semaphore(parsers, true);
        // Evictions run on the common pool: on any other, Caffeine may put them off until the cache is next used.
        this.scenes = Caffeine.newBuilder()
                .maximumWeight(Math.max(1, maxBytes / KIB))
                .weigher((String digest, Scene scene) ->
                        Math.toIntExact(Math.ceilDiv(Math.max(1, scene.sizeInBytes()), KIB)))
                .buildAsync();
    }

    /**
     * The scene of a design.
     *
     * @param stopped whether the caller is to give up waiting
     * @throws Loading.LoadAbandonedException when the caller gave up
     */
    Scene scene(String digest, BooleanSupplier stopped) throws IOException {
        return Loading.await(
                scenes.get(digest, (same, _) -> Loading.start(() -> read(same), LOAD_LIMIT, loads)), stopped);
    }

    private Scene read(String digest) throws IOException {
        try {
            return designs.read(digest, this::parse);
        } catch (OutOfMemoryError e) {
            // Room for whoever comes next; what is in use stays.
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
