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
 * Design files on disk, by the digest of their bytes: what is there is right for ever and never asked for again. The
 * least useful files go when the directory is full, but none while it is read: only those that are may exceed its size.
 * Several readers that want a file at once cause one fetch.
 *
 * <p>One process per directory; thread-safe.
 */
final class DesignCache {
    private static final Logger log = LoggerFactory.getLogger(DesignCache.class);
    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");
    private static final String UNFINISHED = ".part";
    private static final long KIB = 1024;

    /** 64 MiB, the largest design, at less than 2 Mbit/s: nothing that goes on for longer will ever end. */
    private static final Duration FETCH_LIMIT = Duration.ofMinutes(5);

    private final Path directory;
    private final Fetch fetch;
    private final Executor fetches;
    private final AsyncCache<String, Path> files;

    /** How many read a file, by its digest. A lock on each digest, too: evictions and readers meet here. */
    private final ConcurrentMap<String, Integer> readers = new ConcurrentHashMap<>();

    /** Gets a design's bytes into a file that appears only whole. */
    @FunctionalInterface
    interface Fetch {
        void fetch(String digest, Path target) throws IOException;
    }

    /** Makes something of a file. */
    @FunctionalInterface
    interface Reader<T> {
        T read(Path file) throws IOException;
    }

    DesignCache(Path directory, long maxBytes, Fetch fetch, Executor fetches) throws IOException {
        this.directory = Files.createDirectories(directory);
        this.fetch = fetch;
        this.fetches = fetches;
        // Evictions run on the common pool: on any other, Caffeine may put them off until the cache is next used.
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
                // What a process that was killed was fetching; nobody else will ever remove it.
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
     * Reads the file with these bytes, fetching it first where it is not there. Takes as long as the fetch, which has
     * a limit, and the reader.
     *
     * @throws DesignGoneException when the store has no such bytes
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

    /** Whether the file is, or is about to be, there to stay; one that is only read is not. */
    boolean keeps(String digest) {
        return files.asMap().containsKey(digest);
    }

    private Path file(String digest) throws IOException {
        CompletableFuture<Path> known = files.getIfPresent(digest);
        if (known != null && known.isDone() && !Files.exists(directory.resolve(digest))) {
            // Somebody else cleared it away, as systems do with temporary files.
            files.asMap().remove(digest, known);
        }
        return Loading.await(
                files.get(digest, (same, _) -> Loading.start(() -> fetched(same), FETCH_LIMIT, fetches)), () -> false);
    }

    private Path fetched(String digest) throws IOException {
        Path target = Files.createDirectories(directory).resolve(digest);
        // Evicted while it was read, it is still there, and held for whoever asked for it now.
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
            log.warn("Evicted design {} could not be deleted: {}", file, e.toString());
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
