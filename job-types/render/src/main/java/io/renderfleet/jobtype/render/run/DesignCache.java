package io.renderfleet.jobtype.render.run;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import io.renderfleet.jobtype.render.design.DesignGoneException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A cache of design files on disk. A file never expires, because its name is the digest of its bytes. When the
 * directory is full, the least useful files are evicted, except files that are being read, which may exceed the cache's
 * size. Concurrent readers of one file cause one download.
 *
 * <p>One process per directory; thread-safe.
 */
final class DesignCache {
    private static final Logger log = LoggerFactory.getLogger(DesignCache.class);
    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");
    private static final String UNFINISHED = ".part";
    private static final long KIB = 1024;

    /** The time limit of a download: enough for the largest design, 64 MiB, at 2 Mbit/s. */
    private static final Duration FETCH_LIMIT = Duration.ofMinutes(5);

    private final Path directory;
    private final Fetch fetch;
    private final Executor fetches;
    private final AsyncCache<String, Path> files;

    /** The number of readers of each file, by digest. Its atomic updates also order evictions and readers of a file. */
    private final ConcurrentMap<String, Integer> readers = new ConcurrentHashMap<>();

    /** Downloads a design's bytes to a file, which must be created only when it is complete. */
    @FunctionalInterface
    interface Fetch {
        void fetch(String digest, Path target) throws IOException;
    }

    /** Reads a file. */
    @FunctionalInterface
    interface Reader<T> {
        T read(Path file) throws IOException;
    }

    DesignCache(Path directory, long maxBytes, Fetch fetch, Executor fetches) throws IOException {
        this.directory = Files.createDirectories(directory);
        this.fetch = fetch;
        this.fetches = fetches;
        // Evictions run on the common pool; on another executor Caffeine may delay them until the cache is used again.
        this.files = Caffeine.newBuilder()
                .maximumWeight(Math.max(1, maxBytes / KIB))
                .weigher((String digest, Path file) -> kibibytes(file))
                .evictionListener((@Nullable String digest, @Nullable Path file, RemovalCause cause) -> evicted(digest))
                .buildAsync();
        for (Path kept : list()) {
            String name = kept.getFileName().toString();
            if (DIGEST.matcher(name).matches()) {
                files.put(name, CompletableFuture.completedFuture(kept));
            } else if (name.endsWith(UNFINISHED)) {
                // An incomplete download of a process that was killed.
                Files.deleteIfExists(kept);
            }
        }
    }

    private List<Path> list() throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.toList();
        }
    }

    /**
     * Reads a file, after downloading it if it is not in the cache.
     *
     * @throws DesignGoneException if the store does not have the file
     */
    <T> T read(String digest, Reader<T> reader) throws IOException {
        readers.merge(digest, 1, Integer::sum);
        try {
            return reader.read(file(digest));
        } finally {
            readers.computeIfPresent(digest, (same, count) -> {
                if (count > 1) {
                    return count - 1;
                }
                if (!keeps(digest)) {
                    delete(digest);
                }
                return null;
            });
        }
    }

    /** Whether the file is cached or being downloaded. A file that was evicted while it is read is not. */
    boolean keeps(String digest) {
        return files.asMap().containsKey(digest);
    }

    private Path file(String digest) throws IOException {
        CompletableFuture<Path> known = files.getIfPresent(digest);
        if (known != null && known.isDone() && !Files.exists(directory.resolve(digest))) {
            // Deleted by another process; some systems clean up temporary files.
            files.asMap().remove(digest, known);
        }
        return Loading.await(
                files.get(digest, (same, _) -> Loading.start(() -> fetched(same), FETCH_LIMIT, fetches)), () -> false);
    }

    private Path fetched(String digest) throws IOException {
        Path target = Files.createDirectories(directory).resolve(digest);
        // A file that was evicted while it is read still exists; the count of readers keeps it for this one too.
        if (!Files.exists(target)) {
            fetch.fetch(digest, target);
        }
        return target;
    }

    private void evicted(@Nullable String digest) {
        if (digest == null) {
            return;
        }
        readers.compute(digest, (same, count) -> {
            if (count == null) {
                delete(same);
            }
            return count;
        });
    }

    private void delete(String digest) {
        Path file = directory.resolve(digest);
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            log.warn(
                    "Could not delete the evicted design {}; it takes disk space until it is deleted: {}",
                    file,
                    e.toString());
        }
    }

    private static int kibibytes(Path file) {
        try {
            return Math.toIntExact(Math.ceilDiv(Math.max(1, Files.size(file)), KIB));
        } catch (IOException e) {
            return 1;
        }
    }
}
