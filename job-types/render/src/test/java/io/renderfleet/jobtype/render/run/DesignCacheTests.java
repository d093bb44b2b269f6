package io.renderfleet.jobtype.render.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.renderfleet.jobtype.render.design.DesignGoneException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DesignCacheTests {
    private static final int KIB = 1024;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicInteger fetches = new AtomicInteger();
    private final Path directory;

    DesignCacheTests(@TempDir Path temporary) {
        directory = temporary.resolve("designs");
    }

    @AfterEach
    void stopThreads() {
        threads.shutdownNow();
    }

    private static String digest(int number) {
        return "%064x".formatted(number);
    }

    private void fetchKibibyte(Path target) throws IOException {
        fetches.incrementAndGet();
        // As the real one does: the file appears only whole.
        Path part = Files.createTempFile(directory, "fetch-", ".part");
        Files.write(part, new byte[KIB]);
        Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private DesignCache cache(long maxBytes) throws IOException {
        return cache(maxBytes, (digest, target) -> fetchKibibyte(target));
    }

    private DesignCache cache(long maxBytes, DesignCache.Fetch fetch) throws IOException {
        return new DesignCache(directory, maxBytes, fetch, threads);
    }

    private static long size(DesignCache cache, int number) throws IOException {
        return cache.<Integer>read(digest(number), file -> Files.readAllBytes(file).length);
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.toList();
        }
    }

    @Test
    void fetchesAFileOnce() throws IOException {
        DesignCache cache = cache(10 * KIB);
        assertThat(size(cache, 1)).isEqualTo(KIB);
        assertThat(size(cache, 1)).isEqualTo(KIB);
        assertThat(fetches).hasValue(1);
    }

    @Test
    void fetchesAFileOnceForAllWhoWaitForIt() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        DesignCache cache = cache(10 * KIB, (digest, target) -> {
            try {
                assertThat(go.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            fetchKibibyte(target);
        });
        List<Future<Long>> readers = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            readers.add(threads.submit(() -> size(cache, 1)));
        }
        go.countDown();
        for (Future<Long> reader : readers) {
            assertThat(reader.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(KIB);
        }
        assertThat(fetches).hasValue(1);
    }

    @Test
    void usesTheFilesOfItsLastLife() throws IOException {
        size(cache(10 * KIB), 1);
        assertThat(size(cache(10 * KIB), 1)).isEqualTo(KIB);
        assertThat(fetches).hasValue(1);
    }

    @Test
    void removesPartialFilesOfAKilledProcess() throws IOException {
        Files.createDirectories(directory);
        Files.write(directory.resolve("fetch-123.part"), new byte[KIB]);
        Files.write(directory.resolve("notes.txt"), new byte[KIB]);
        cache(10 * KIB);
        assertThat(files()).containsExactly(directory.resolve("notes.txt"));
    }

    @Test
    void staysWithinItsSize() throws IOException {
        DesignCache cache = cache(4 * KIB);
        for (int i = 0; i < 50; i++) {
            assertThat(size(cache, i)).isEqualTo(KIB);
        }
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(files()).hasSizeLessThanOrEqualTo(4));
    }

    @Test
    void cutsTheFilesOfItsLastLifeDownToItsSize() throws IOException {
        DesignCache large = cache(20 * KIB);
        for (int i = 0; i < 10; i++) {
            size(large, i);
        }
        cache(3 * KIB);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(files()).hasSizeLessThanOrEqualTo(3));
    }

    @Test
    void neverTakesAFileAwayFromItsReader() throws Exception {
        // Room for one: each newcomer pushes out another, or is itself turned away.
        DesignCache cache = cache(KIB);
        List<Future<Boolean>> readers = IntStream.range(0, 8)
                .mapToObj(reader -> threads.submit(() -> {
                    for (int i = 0; i < 50; i++) {
                        assertThat(size(cache, (reader + i) % 5)).isEqualTo(KIB);
                    }
                    return true;
                }))
                .toList();
        for (Future<Boolean> reader : readers) {
            assertThat(reader.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        }
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(files()).hasSizeLessThanOrEqualTo(1));
    }

    @Test
    void doesNotFetchAgainWhatWasEvictedWhileItIsRead() throws IOException {
        DesignCache cache = cache(10 * KIB, (digest, target) -> {
            fetches.incrementAndGet();
            // Ten times what the cache holds, so evicted as soon as it is there.
            Files.write(target, new byte[100 * KIB]);
        });
        long inner = cache.<Long>read(digest(1), file -> {
            await().atMost(PATIENCE).until(() -> !cache.keeps(digest(1)));
            return size(cache, 1);
        });
        assertThat(inner).isEqualTo(100 * KIB);
        assertThat(fetches).hasValue(1);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(files()).isEmpty());
    }

    @Test
    void readsAFileThatIsLargerThanTheWholeCache() throws IOException {
        DesignCache cache = cache(KIB, (digest, target) -> Files.write(target, new byte[5 * KIB]));
        assertThat(size(cache, 1)).isEqualTo(5 * KIB);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(files()).isEmpty());
    }

    @Test
    void fetchesAgainAFileThatAnotherProcessDeleted() throws IOException {
        DesignCache cache = cache(10 * KIB);
        size(cache, 1);
        Files.delete(directory.resolve(digest(1)));
        Files.delete(directory);
        assertThat(size(cache, 1)).isEqualTo(KIB);
        assertThat(fetches).hasValue(2);
    }

    @Test
    void keepsNothingOfAFetchThatFailed() throws IOException {
        DesignCache cache = cache(10 * KIB, (digest, target) -> {
            if (fetches.get() == 0) {
                fetches.incrementAndGet();
                throw new IOException("the connection was reset");
            }
            fetchKibibyte(target);
        });
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> size(cache, 1))
                .withMessage("the connection was reset");
        assertThat(files()).isEmpty();
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(size(cache, 1)).isEqualTo(KIB));
    }

    @Test
    void saysThatADesignIsGone() throws IOException {
        DesignCache cache = cache(10 * KIB, (digest, target) -> {
            throw new DesignGoneException("gone");
        });
        assertThatExceptionOfType(DesignGoneException.class)
                .isThrownBy(() -> size(cache, 1))
                .withMessage("gone");
    }
}
