package io.renderfleet.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Files that cost far more to read than their size suggests are refused before they cost it. */
class SceneBudgetTests {

    @Test
    void stopsReadingWhenItsTimeIsOver() {
        SceneReader reader = new SceneReader(new SceneLimits(
                1_000_000, 1_000_000, 1_000_000, 1_000_000_000, 1_000, Long.MAX_VALUE, Duration.ofNanos(1)));
        refused(
                "design-too-slow",
                "fewer vertices",
                reader,
                TestScenes.cornellBox().glb());
    }

    @Test
    void stopsReadingWhenItIsCancelled() {
        // The signal is set while the file is read, at each point in turn at which it is looked at.
        GltfBuilder builder = new GltfBuilder();
        byte[] file = builder.sphere(0, 0, 0, 1, 128, builder.matte(1, 1, 1)).glb();
        SceneReader reader = new SceneReader(SceneLimits.defaults());
        AtomicInteger looks = new AtomicInteger();
        TestScenes.withFile(file, path -> reader.read(path, () -> looks.incrementAndGet() < 0));
        int all = looks.get();
        assertThat(all).isGreaterThan(20);
        for (int i = 1; i <= all; i++) {
            int last = i;
            looks.set(0);
            assertThatExceptionOfType(RenderCancelledException.class)
                    .isThrownBy(() -> TestScenes.withFile(
                            file, path -> reader.read(path, () -> looks.incrementAndGet() >= last)));
            assertThat(looks).hasValue(last);
        }
    }

    private static void refused(String code, String text, SceneReader reader, byte[] file) {
        assertThatExceptionOfType(InvalidSceneException.class)
                .isThrownBy(() -> TestScenes.withFile(file, reader::inspect))
                .withMessageContaining(text)
                .satisfies(e -> assertThat(e.code()).isEqualTo(code));
    }
}
