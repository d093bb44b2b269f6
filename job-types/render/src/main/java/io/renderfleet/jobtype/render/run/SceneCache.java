package io.renderfleet.jobtype.render.run;

import io.renderfleet.jobtype.AttemptException.DeferredException;
import io.renderfleet.render.InvalidSceneException;
import io.renderfleet.render.Scene;
import io.renderfleet.render.SceneLimits;
import io.renderfleet.render.SceneReader;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Loads scenes by the digest of their design, and keeps them for the next jobs. All scenes together, those that are
 * being read, those that jobs render and those that are kept, take at most a given amount of memory. A load reserves
 * what it needs before it reads the images and triangles of a file; for that, scenes that no job uses are evicted, least
 * recently used first. A load that finds no memory for a while is deferred.
 *
 * <p>Concurrent jobs for one scene cause one load. Thread-safe.
 */
final class SceneCache {
    /** The time limit of a load: the download, the wait for memory and the reading. */
    private static final Duration LOAD_LIMIT = Duration.ofMinutes(10);

    /** How long a load waits until other jobs have released their scenes, and when a deferred job is tried again. */
    private static final Duration MEMORY_WAIT = Duration.ofMinutes(1);

    private static final Duration RETRY = Duration.ofSeconds(30);

    /** The memory that the inspection of most files takes, in addition to copies of the file. */
    private static final long INSPECTION_BYTES = 16L << 20;

    private static final int INSPECTION_COPIES = 3;

    private final DesignCache designs;
    private final SceneLimits limits;
    private final Executor loads;
    private final Clock clock;
    private final Duration memoryWait;

    /** The load that waits for memory. Others wait behind it, so that small scenes cannot delay a large one for ever. */
    private final Semaphore reserving = new Semaphore(1, true);

    /** Least recently used first. Guarded by this, as is {@link #free} and the state of the entries. */
    private final Map<String, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);

    private long free;

    /** A scene that is loaded or being loaded. */
    private static final class Entry {
        private @Nullable CompletableFuture<Scene> scene;
        private int users;
        private long bytes;
        private boolean failed;
    }

    /**
     * Creates an empty cache.
     *
     * @param limits the limits of one file; its {@link SceneLimits#maxMemory} is also the memory for all scenes
     */
    SceneCache(DesignCache designs, SceneLimits limits, Executor loads, Clock clock) {
        this(designs, limits, loads, clock, MEMORY_WAIT);
    }

    SceneCache(DesignCache designs, SceneLimits limits, Executor loads, Clock clock, Duration memoryWait) {
        this.designs = designs;
        this.limits = limits;
        this.loads = loads;
        this.clock = clock;
        this.memoryWait = memoryWait;
        this.free = limits.maxMemory();
    }

    /** A scene in use, which stays in memory until it is closed. */
    final class Use implements AutoCloseable {
        private final Scene scene;
        private final Entry entry;
        private boolean closed;

        private Use(Scene scene, Entry entry) {
            this.scene = scene;
            this.entry = entry;
        }

        Scene scene() {
            return scene;
        }

        @Override
        public void close() {
            synchronized (SceneCache.this) {
                if (!closed) {
                    closed = true;
                    leave(entry);
                }
            }
        }
    }

    /**
     * The scene of a design, loaded if it is not in memory.
     *
     * @param stopped whether the caller was stopped, which ends its wait
     * @throws Loading.LoadAbandonedException if the caller was stopped before the scene was loaded
     * @throws DeferredException if scenes in use left no memory for this one
     */
    Use use(String digest, BooleanSupplier stopped) throws IOException {
        Entry entry;
        CompletableFuture<Scene> scene;
        synchronized (this) {
            entry = entries.computeIfAbsent(digest, _ -> new Entry());
            scene = entry.scene == null ? start(digest, entry) : entry.scene;
            entry.users++;
        }
        try {
            return new Use(Loading.await(scene, stopped), entry);
        } catch (IOException | RuntimeException | Error e) {
            synchronized (this) {
                leave(entry);
            }
            throw e;
        }
    }

    private CompletableFuture<Scene> start(String digest, Entry entry) {
        CompletableFuture<Scene> scene = Loading.start(() -> read(digest, entry), LOAD_LIMIT, loads)
                .whenComplete((_, failure) -> {
                    if (failure != null) {
                        failed(digest, entry);
                    }
                });
        entry.scene = scene;
        return scene;
    }

    private synchronized void failed(String digest, Entry entry) {
        entry.failed = true;
        entries.remove(digest, entry);
        release(entry.bytes);
        entry.bytes = 0;
    }

    private void leave(Entry entry) {
        entry.users--;
        notifyAll();
    }

    private Scene read(String digest, Entry entry) throws IOException {
        try {
            return designs.read(digest, file -> load(file, entry));
        } catch (OutOfMemoryError e) {
            evictAll();
            throw e;
        }
    }

    private Scene load(Path file, Entry entry) throws IOException {
        long reserved = memory(file);
        reserve(reserved);
        try {
            Scene scene = new SceneReader(limits).read(file);
            synchronized (this) {
                // A load that took too long has no users any more.
                entry.bytes = entry.failed ? 0 : scene.sizeInBytes();
                free -= entry.bytes;
            }
            return scene;
        } finally {
            release(reserved);
        }
    }

    /** The memory that reading a file takes. Determining it takes memory too, for most files little. */
    private long memory(Path file) throws IOException {
        long most = limits.maxMemory();
        long little = Math.min(most, INSPECTION_BYTES + INSPECTION_COPIES * Files.size(file));
        try {
            return Math.min(most, inspected(file, little));
        } catch (InvalidSceneException e) {
            if (little == most || !e.isTooLarge()) {
                throw e;
            }
            return Math.min(most, inspected(file, most));
        }
    }

    private long inspected(Path file, long bytes) throws IOException {
        reserve(bytes);
        try {
            return new SceneReader(limits.withMaxMemory(bytes)).inspect(file).memory();
        } finally {
            release(bytes);
        }
    }

    private void reserve(long bytes) throws IOException {
        try {
            long end = System.nanoTime() + memoryWait.toNanos();
            if (!reserving.tryAcquire(memoryWait.toNanos(), TimeUnit.NANOSECONDS)) {
                throw deferred();
            }
            try {
                reserve(bytes, end);
            } finally {
                reserving.release();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while other scenes were in memory");
        }
    }

    private synchronized void reserve(long bytes, long end) throws InterruptedException {
        while (free < bytes) {
            if (evictOldest()) {
                continue;
            }
            long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            if (left <= 0) {
                throw deferred();
            }
            wait(left);
        }
        free -= bytes;
    }

    private DeferredException deferred() {
        return new DeferredException(
                "the scenes of running jobs leave no memory for another one",
                clock.instant().plus(RETRY));
    }

    private synchronized void release(long bytes) {
        free += bytes;
        notifyAll();
    }

    private synchronized void evictAll() {
        boolean evicted = true;
        while (evicted) {
            evicted = evictOldest();
        }
    }

    /** Whether there was a scene to evict. */
    private synchronized boolean evictOldest() {
        for (Iterator<Entry> oldest = entries.values().iterator(); oldest.hasNext(); ) {
            Entry entry = oldest.next();
            if (entry.users == 0 && entry.scene != null && entry.scene.isDone()) {
                oldest.remove();
                free += entry.bytes;
                return true;
            }
        }
        return false;
    }
}
