package io.renderfleet.worker.render;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import io.renderfleet.blob.DesignGoneException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Design files on disk, by the digest of their bytes: what is there is right for ever and never asked for again. The
 * least useful files go when the directory is full. Several jobs that want a file at once cause one fetch.
 *
 * <p>One process per directory; thread-safe.
 */
final class DesignCache {
    private static final Logger log = LoggerFactory.getLogger(DesignCache.class);
    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");
    private static final long KIB = 1024;

    private final Path directory;
    private final Fetch fetch;
    private final AsyncCache<String, Path> files;

    /** Gets a design's bytes into a file that appears only whole. */
    @FunctionalInterface
    interface Fetch {
        void fetch(String digest, Path target) throws IOException;
    }

    DesignCache(Path directory, long maxBytes, Fetch fetch, Executor executor) throws IOException {
        this.directory = Files.createDirectories(directory);
        this.fetch = fetch;
        this.files = Caffeine.newBuilder()
                .maximumWeight(Math.max(1, maxBytes / KIB))
                .weigher((String digest, Path file) -> kibibytes(file))
                .evictionListener((@Nullable String digest, @Nullable Path file, RemovalCause cause) -> delete(file))
                .executor(executor)
                .buildAsync();
        try (Stream<Path> kept = Files.list(directory)) {
            kept.filter(file -> DIGEST.matcher(file.getFileName().toString()).matches())
                    .forEach(file -> files.put(file.getFileName().toString(), CompletableFuture.completedFuture(file)));
        }
    }

    /**
     * The file with these bytes. It may be evicted while it is read: an open file stays readable, one that is not
     * open yet may be missing, and is then had by asking again.
     *
     * @throws DesignGoneException when the store has no such bytes
     */
    Path file(String digest) throws IOException {
        Path file = get(digest);
        if (Files.exists(file)) {
            return file;
        }
        files.synchronous().invalidate(digest);
        return get(digest);
    }

    private Path get(String digest) throws IOException {
        try {
            return files.get(digest, this::fetched).join();
        } catch (CompletionException e) {
            switch (e.getCause()) {
                case UncheckedIOException io -> throw io.getCause();
                case RuntimeException runtime -> throw runtime;
                case null, default -> throw e;
            }
        }
    }

    private Path fetched(String digest) {
        try {
            Path target = directory.resolve(digest);
            fetch.fetch(digest, target);
            return target;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int kibibytes(Path file) {
        try {
            return Math.toIntExact(Math.max(1, Files.size(file) / KIB));
        } catch (IOException e) {
            return 1;
        }
    }

    private static void delete(@Nullable Path file) {
        if (file == null) {
            return;
        }
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            log.warn("Evicted design {} could not be deleted: {}", file, e.toString());
        }
    }
}
