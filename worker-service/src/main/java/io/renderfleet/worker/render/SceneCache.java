package io.renderfleet.worker.render;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.renderfleet.render.Scene;
import io.renderfleet.render.SceneReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;

/**
 * Parsed scenes by the digest of their design, as many as their weights allow. Several jobs that want a scene at once
 * cause one parse. A scene that was evicted lives on as long as a render uses it.
 */
final class SceneCache {
    private static final long KIB = 1024;

    private final DesignCache designs;
    private final SceneReader reader;
    private final AsyncCache<String, Scene> scenes;

    SceneCache(DesignCache designs, SceneReader reader, long maxBytes, Executor executor) {
        this.designs = designs;
        this.reader = reader;
        this.scenes = Caffeine.newBuilder()
                .maximumWeight(Math.max(1, maxBytes / KIB))
                .weigher((String digest, Scene scene) -> Math.toIntExact(Math.max(1, scene.sizeInBytes() / KIB)))
                .executor(executor)
                .buildAsync();
    }

    Scene scene(String digest) throws IOException {
        try {
            return scenes.get(digest, this::read).join();
        } catch (CompletionException e) {
            switch (e.getCause()) {
                case UncheckedIOException io -> throw io.getCause();
                case RuntimeException runtime -> throw runtime;
                case null, default -> throw e;
            }
        }
    }

    private Scene read(String digest) {
        try {
            return reader.read(designs.file(digest));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
