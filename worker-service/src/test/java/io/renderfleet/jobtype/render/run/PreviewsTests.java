package io.renderfleet.jobtype.render.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.renderfleet.job.Artifact;
import io.renderfleet.job.ArtifactName;
import io.renderfleet.jobtype.JobAttempt;
import io.renderfleet.localaws.samples.SampleDesign;
import io.renderfleet.localaws.samples.SampleDesigns;
import io.renderfleet.localaws.samples.SampleView;
import io.renderfleet.render.Camera;
import io.renderfleet.render.CancelSignal;
import io.renderfleet.render.RenderCancelledException;
import io.renderfleet.render.RenderProgress;
import io.renderfleet.render.RenderSettings;
import io.renderfleet.render.Renderer;
import io.renderfleet.render.Scene;
import io.renderfleet.render.SceneLimits;
import io.renderfleet.render.SceneReader;
import io.renderfleet.render.Vec3;
import io.renderfleet.testing.TestAttempt;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PreviewsTests {
    private static final SampleDesign SAMPLE = SampleDesigns.named("tiny-cube");

    private final Renderer renderer = new Renderer(2);
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final List<byte[]> stored = Collections.synchronizedList(new ArrayList<>());
    private Scene scene;
    private Camera camera;

    @BeforeEach
    void read(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("sample.glb");
        Files.write(file, SAMPLE.glb());
        scene = new SceneReader(SceneLimits.defaults()).read(file);
        SampleView view = SAMPLE.view();
        camera = new Camera(vec3(view.position()), vec3(view.target()), vec3(view.up()), view.fov());
    }

    private static Vec3 vec3(SampleView.Point point) {
        return new Vec3(point.x(), point.y(), point.z());
    }

    @AfterEach
    void close() {
        renderer.close();
    }

    /** An attempt that keeps the previews. */
    private JobAttempt attempt() {
        TestAttempt plain = new TestAttempt(stopped::get, fraction -> {});
        return (JobAttempt) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {JobAttempt.class}, (_, method, arguments) -> {
                    if (method.getName().equals("storeArtifact")) {
                        assertThat((ArtifactName) arguments[0]).isEqualTo(Artifact.PREVIEW);
                        assertThat(arguments[1]).isEqualTo("image/jpeg");
                        stored.add(Files.readAllBytes((Path) arguments[2]));
                        return null;
                    }
                    try {
                        return method.invoke(plain, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Test
    void aRenderThatTakesLongHasPreviewsOfTheSameView() throws Exception {
        RenderSettings endless = RenderSettings.of(1280, 720, 4096).withNoiseThreshold(0);
        RenderProgress previews = new Previews(renderer, scene, camera, endless, attempt());
        long start = System.nanoTime();
        CancelSignal enough = () -> {
            boolean over = stored.size() >= 2
                    || System.nanoTime() - start > Duration.ofMinutes(2).toNanos();
            stopped.set(over);
            return over;
        };

        assertThatExceptionOfType(RenderCancelledException.class)
                .isThrownBy(() -> renderer.render(scene, camera, endless, previews, enough));

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofSeconds(4));
        assertThat(stored).hasSize(2);
        BufferedImage preview = ImageIO.read(new ByteArrayInputStream(stored.getLast()));
        assertThat(preview.getWidth()).isBetween(48, Previews.MAX_SIZE);
        assertThat(preview.getHeight()).isEqualTo(Math.round(preview.getWidth() * 9 / 16f));
        BufferedImage expected = ImageIO.read(new ByteArrayInputStream(renderer.render(
                        scene,
                        camera,
                        RenderSettings.of(preview.getWidth(), preview.getHeight(), 64),
                        RenderProgress.NONE,
                        CancelSignal.NEVER)
                .encodePng()));
        assertThat(difference(preview, expected)).as("mean difference of 255").isLessThan(12);
    }

    private static double difference(BufferedImage one, BufferedImage other) {
        long sum = 0;
        for (int y = 0; y < one.getHeight(); y++) {
            for (int x = 0; x < one.getWidth(); x++) {
                for (int shift = 0; shift <= 16; shift += 8) {
                    sum += Math.abs((one.getRGB(x, y) >> shift & 255) - (other.getRGB(x, y) >> shift & 255));
                }
            }
        }
        return sum / (3.0 * one.getWidth() * one.getHeight());
    }

    @Test
    void aShortRenderHasNone() {
        RenderSettings settings = RenderSettings.of(64, 64, 1);
        var _ = renderer.render(
                scene,
                camera,
                settings,
                new Previews(renderer, scene, camera, settings, attempt()),
                CancelSignal.NEVER);
        assertThat(stored).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "1280, 720, 64, 0.5",
        "4096, 16, 4096, 0.01",
        "16, 4096, 1, 0.9",
        "300, 200, 16, 0.2",
        "4096, 4096, 4096, 0.99"
    })
    void aPreviewTakesAHundredthOfTheWorkThatIsDone(int width, int height, int samples, double fraction) {
        RenderSettings settings = RenderSettings.of(width, height, samples);
        RenderSettings small = Previews.small(settings, fraction);
        if (small != null) {
            assertThat(Math.max(small.width(), small.height())).isLessThanOrEqualTo(Previews.MAX_SIZE);
            assertThat(small.samplesPerPixel()).isBetween(1, samples);
            double work = (double) small.width() * small.height() * small.samplesPerPixel();
            // Sides are rounded.
            assertThat(work)
                    .isLessThan(0.011 * fraction * width * height * Math.min(samples, 16) + 4 * Previews.MAX_SIZE);
        }
        assertThat(Previews.small(settings, 1e-9)).isNull();
    }

    @Test
    void aPreviewOfARenderThatTakesAllSamplesOfEachPixelIsSharper() {
        RenderSettings settings = RenderSettings.of(1280, 720, 256);
        RenderSettings cleaned = Objects.requireNonNull(Previews.small(settings, 0.5));
        RenderSettings all = Objects.requireNonNull(Previews.small(settings.withNoiseThreshold(0), 0.5));

        assertThat(cleaned.samplesPerPixel()).isEqualTo(4);
        assertThat(all.samplesPerPixel()).isGreaterThan(15);
        assertThat(all.width()).isEqualTo(Previews.MAX_SIZE);
    }
}
