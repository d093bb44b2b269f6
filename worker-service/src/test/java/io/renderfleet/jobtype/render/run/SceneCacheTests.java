package io.renderfleet.jobtype.render.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.renderfleet.localaws.samples.SampleDesigns;
import io.renderfleet.render.InvalidSceneException;
import io.renderfleet.render.Scene;
import io.renderfleet.render.SceneLimits;
import io.renderfleet.render.SceneReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SceneCacheTests {
    private static final byte[] GLB = SampleDesigns.named("tiny-cube").glb();
    private static final String DIGEST = "1".repeat(64);
    private static final long PATIENCE_SECONDS = 20;

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicInteger fetches = new AtomicInteger();
    private final Path directory;

    SceneCacheTests(@TempDir Path directory) {
        this.directory = directory;
    }

    @AfterEach
    void stopThreads() {
        threads.shutdownNow();
    }

    private SceneCache cache(DesignCache.Fetch fetch) throws IOException {
        return cache(64L << 20, fetch);
    }

    private SceneCache cache(long maxBytes, DesignCache.Fetch fetch) throws IOException {
        DesignCache designs = new DesignCache(
                directory,
                1L << 30,
                (digest, target) -> {
                    fetches.incrementAndGet();
                    fetch.fetch(digest, target);
                },
                threads);
        return new SceneCache(designs, new SceneReader(SceneLimits.defaults()), maxBytes, 1, threads);
    }

    private static void pass(CountDownLatch latch) throws IOException {
        try {
            assertThat(latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Test
    void parsesASceneOnceForAllWhoWantIt() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        SceneCache cache = cache((digest, target) -> {
            pass(go);
            Files.write(target, GLB);
        });
        var waiting = IntStream.range(0, 8)
                .mapToObj(i -> threads.submit(() -> cache.scene(DIGEST, () -> false)))
                .toList();
        go.countDown();
        Scene scene = cache.scene(DIGEST, () -> false);
        for (Future<Scene> other : waiting) {
            assertThat(other.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isSameAs(scene);
        }
        assertThat(fetches).hasValue(1);
    }

    @Test
    void aStoppedAttemptDoesNotWaitForAFetch() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch fetching = new CountDownLatch(1);
        SceneCache cache = cache((digest, target) -> {
            fetching.countDown();
            pass(go);
            Files.write(target, GLB);
        });
        AtomicBoolean stopped = new AtomicBoolean();
        Future<Scene> stopping = threads.submit(() -> cache.scene(DIGEST, stopped::get));
        Future<Scene> staying = threads.submit(() -> cache.scene(DIGEST, () -> false));
        pass(fetching);
        stopped.set(true);
        assertThat(stopping)
                .failsWithin(Duration.ofSeconds(PATIENCE_SECONDS))
                .withThrowableThat()
                .withCauseInstanceOf(Loading.LoadAbandonedException.class);
        go.countDown();
        assertThat(staying.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isNotNull();
        assertThat(fetches).hasValue(1);
    }

    @Test
    void keepsAParsedScene() throws IOException {
        SceneCache cache = cache((digest, target) -> Files.write(target, GLB));
        assertThat(cache.scene(DIGEST, () -> false)).isSameAs(cache.scene(DIGEST, () -> false));
    }

    @Test
    void evictsAnEntryThatIsTooLargeAndReadsItsFileAgain() throws IOException {
        SceneCache cache = cache(1, (digest, target) -> Files.write(target, GLB));
        Scene first = cache.scene(DIGEST, () -> false);
        await().atMost(Duration.ofSeconds(PATIENCE_SECONDS))
                .untilAsserted(
                        () -> assertThat(cache.scene(DIGEST, () -> false)).isNotSameAs(first));
        assertThat(fetches).hasValue(1);
    }

    @Test
    void saysWhatIsWrongWithAScene() throws IOException {
        SceneCache cache = cache((digest, target) -> Files.writeString(target, "no scene", StandardCharsets.UTF_8));
        assertThatExceptionOfType(InvalidSceneException.class).isThrownBy(() -> cache.scene(DIGEST, () -> false));
    }

    @Test
    void doesNotKeepAnOutOfMemoryErrorForTheNextJob() throws IOException {
        SceneCache cache = cache((digest, target) -> {
            if (fetches.get() == 1) {
                throw new OutOfMemoryError("for once");
            }
            Files.write(target, GLB);
        });
        assertThatExceptionOfType(RuntimeException.class)
                .isThrownBy(() -> cache.scene(DIGEST, () -> false))
                .withRootCauseInstanceOf(OutOfMemoryError.class);
        assertThat(cache.scene("2".repeat(64), () -> false)).isNotNull();
    }
}
