package io.renderfleet.jobtype.render.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.renderfleet.jobtype.AttemptException.DeferredException;
import io.renderfleet.localaws.samples.SampleDesign;
import io.renderfleet.localaws.samples.SampleDesigns;
import io.renderfleet.render.InvalidSceneException;
import io.renderfleet.render.Scene;
import io.renderfleet.render.SceneLimits;
import io.renderfleet.render.SceneReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SceneCacheTests {
    private static final byte[] GLB = SampleDesigns.named("tiny-cube").glb();
    private static final String DIGEST = "1".repeat(64);
    private static final String OTHER = "2".repeat(64);
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
        return cache(SceneLimits.defaults(), fetch);
    }

    private SceneCache cache(SceneLimits limits, DesignCache.Fetch fetch) throws IOException {
        DesignCache designs = new DesignCache(
                directory,
                1L << 30,
                (digest, target) -> {
                    fetches.incrementAndGet();
                    fetch.fetch(digest, target);
                },
                threads);
        return new SceneCache(designs, limits, threads, Clock.systemUTC(), Duration.ofMillis(200));
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
                .mapToObj(i -> threads.submit(() -> scene(cache, DIGEST)))
                .toList();
        go.countDown();
        Scene scene = scene(cache, DIGEST);
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
        Future<SceneCache.Use> stopping = threads.submit(() -> cache.use(DIGEST, stopped::get));
        Future<Scene> staying = threads.submit(() -> scene(cache, DIGEST));
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
        assertThat(scene(cache, DIGEST)).isSameAs(scene(cache, DIGEST));
    }

    @Test
    void evictsAnUnusedSceneForAnotherOneAndReadsItsFileAgain() throws IOException {
        SceneCache cache = cacheForOneScene();
        Scene first = scene(cache, DIGEST);

        scene(cache, OTHER);

        assertThat(scene(cache, DIGEST)).isNotSameAs(first);
        assertThat(fetches).as("the files stay on disk").hasValue(2);
    }

    @Test
    void defersAJobWhoseSceneFindsNoMemoryBesideScenesInUse() throws IOException {
        SceneCache cache = cacheForOneScene();
        try (SceneCache.Use first = cache.use(DIGEST, () -> false)) {
            assertThatExceptionOfType(DeferredException.class).isThrownBy(() -> cache.use(OTHER, () -> false));
            assertThat(scene(cache, DIGEST)).as("a scene in use").isSameAs(first.scene());
        }

        assertThat(scene(cache, OTHER)).isNotNull();
    }

    @Test
    void aSceneThatOtherJobsReleaseMakesRoomForALoadThatWaits() throws Exception {
        SceneCache cache = cacheForOneScene(Duration.ofSeconds(PATIENCE_SECONDS));
        SceneCache.Use first = cache.use(DIGEST, () -> false);
        Future<Scene> waiting = threads.submit(() -> scene(cache, OTHER));
        assertThat(waiting).failsWithin(Duration.ofMillis(300)).withThrowableOfType(TimeoutException.class);

        first.close();

        assertThat(waiting.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isNotNull();
    }

    @Test
    void givesBackTheMemoryOfLoadsThatFail() throws IOException {
        AtomicBoolean broken = new AtomicBoolean(true);
        SceneCache cache = cache(
                SceneLimits.defaults().withMaxMemory(20L << 20),
                (digest, target) -> Files.write(target, broken.get() ? Arrays.copyOf(GLB, GLB.length - 50) : GLB));
        for (int load = 0; load < 20; load++) {
            assertThatExceptionOfType(InvalidSceneException.class).isThrownBy(() -> scene(cache, DIGEST));
        }
        broken.set(false);
        assertThat(scene(cache, OTHER)).isNotNull();
    }

    @Test
    void refusesAFileThatNeedsMoreThanThereIsForAllScenes() throws IOException {
        SceneCache cache = cache(
                SceneLimits.defaults().withMaxMemory(GLB.length + 1_000L),
                (digest, target) -> Files.write(target, GLB));
        assertThatExceptionOfType(InvalidSceneException.class)
                .isThrownBy(() -> scene(cache, DIGEST))
                .satisfies(e -> assertThat(e.isTooLarge()).isTrue());
    }

    @ParameterizedTest
    @MethodSource
    void theInspectionTellsHowMuchMemoryTheReadingTakes(SampleDesign design) throws IOException {
        Path file = Files.write(directory.resolve("sample.glb"), design.glb());
        long memory = new SceneReader(SceneLimits.defaults()).inspect(file).memory();

        // Of a scene of a few kilobytes, most of the memory is for its JSON.
        long json = 64 * 1024;
        long enough = memory + memory / 10;
        assertThat(new SceneReader(SceneLimits.defaults().withMaxMemory(enough))
                        .read(file)
                        .sizeInBytes())
                .isBetween((memory - json) / 20, memory);
    }

    static Stream<SampleDesign> theInspectionTellsHowMuchMemoryTheReadingTakes() {
        return SampleDesigns.all().stream();
    }

    /** Its memory suffices for the inspection of a file, or for a scene and half of the inspection of another one. */
    private SceneCache cacheForOneScene() throws IOException {
        return cacheForOneScene(Duration.ofMillis(200));
    }

    private SceneCache cacheForOneScene(Duration memoryWait) throws IOException {
        Path file = Files.write(directory.resolve("measured.glb"), GLB);
        long scene = new SceneReader(SceneLimits.defaults()).read(file).sizeInBytes();
        DesignCache designs = new DesignCache(
                directory.resolve("designs"),
                1L << 30,
                (digest, target) -> {
                    fetches.incrementAndGet();
                    Files.write(target, GLB);
                },
                threads);
        SceneLimits limits = SceneLimits.defaults().withMaxMemory((16L << 20) + 3L * GLB.length + scene / 2);
        return new SceneCache(designs, limits, threads, Clock.systemUTC(), memoryWait);
    }

    private static Scene scene(SceneCache cache, String digest) throws IOException {
        try (SceneCache.Use use = cache.use(digest, () -> false)) {
            return use.scene();
        }
    }

    @Test
    void saysWhatIsWrongWithAScene() throws IOException {
        SceneCache cache = cache((digest, target) -> Files.writeString(target, "no scene", StandardCharsets.UTF_8));
        assertThatExceptionOfType(InvalidSceneException.class).isThrownBy(() -> scene(cache, DIGEST));
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
                .isThrownBy(() -> scene(cache, DIGEST))
                .withRootCauseInstanceOf(OutOfMemoryError.class);
        assertThat(scene(cache, OTHER)).isNotNull();
    }
}
