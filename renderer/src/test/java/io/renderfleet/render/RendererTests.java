package io.renderfleet.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class RendererTests {

    private static final Scene BOX = TestScenes.read(TestScenes.cornellBox().glb());
    private static final RenderSettings SMALL = RenderSettings.of(80, 50, 24);

    @ParameterizedTest
    @EnumSource
    void givesTheSameBytesOnAnyNumberOfThreads(Environment environment) {
        RenderSettings settings = SMALL.withEnvironment(environment);
        byte[] one = render(1, settings).encodePng();
        assertThat(render(2, settings).encodePng()).isEqualTo(one);
        assertThat(render(3, settings).encodePng()).isEqualTo(one);
    }

    @Test
    void encodesPicturesOfTheSizeAskedFor() throws IOException {
        Picture picture = render(1, RenderSettings.of(40, 24, 2));
        BufferedImage png = ImageIO.read(new ByteArrayInputStream(picture.encodePng()));
        BufferedImage jpeg = ImageIO.read(new ByteArrayInputStream(picture.encodeJpeg()));
        assertThat(png.getWidth()).isEqualTo(40).isEqualTo(jpeg.getWidth());
        assertThat(png.getHeight()).isEqualTo(24).isEqualTo(jpeg.getHeight());
        assertThat(png.getRGB(20, 20) & 0xFFFFFF).isEqualTo(picture.rgb(20, 20));
        assertThat(picture.rays()).isPositive();
    }

    @Test
    void showsTheSceneTheRightWayRound() {
        Picture picture = render(2, RenderSettings.of(64, 64, 16));
        int left = picture.rgb(4, 32);
        int right = picture.rgb(59, 32);
        assertThat(left >> 16).as("red wall on the left").isGreaterThan(2 * (left >> 8 & 0xFF));
        assertThat(right >> 8 & 0xFF).as("green wall on the right").isGreaterThan(right >> 16);
        assertThat(picture.rgb(32, 7)).as("lamp in the ceiling").isGreaterThan(0xF00000);
    }

    @Test
    void reportsRisingProgressUpToOne() {
        List<Double> reported = Collections.synchronizedList(new ArrayList<>());
        try (Renderer renderer = new Renderer(2)) {
            Picture picture = renderer.render(BOX, TestScenes.intoBox(), SMALL, reported::add, CancelSignal.NEVER);
            assertThat(picture.width()).isEqualTo(80);
        }
        assertThat(reported).isSorted().last().isEqualTo(1.0);
    }

    @Test
    void stopsWhenCancelled() {
        AtomicBoolean cancelled = new AtomicBoolean();
        RenderSettings endless = RenderSettings.of(640, 640, 65_536).withNoiseThreshold(0);
        try (Renderer renderer = new Renderer(2)) {
            assertThatThrownBy(() -> renderer.render(
                            BOX, TestScenes.intoBox(), endless, done -> cancelled.set(true), cancelled::get))
                    .isInstanceOf(RenderCancelledException.class);
            assertThat(renderer.render(BOX, TestScenes.intoBox(), SMALL, RenderProgress.NONE, CancelSignal.NEVER)
                            .height())
                    .isEqualTo(50);
        }
    }

    @Test
    void cancelsAPictureOfOneTileToo() {
        RenderSettings endless = RenderSettings.of(32, 32, 65_536).withNoiseThreshold(0);
        try (Renderer renderer = new Renderer(1)) {
            assertThatThrownBy(
                            () -> renderer.render(BOX, TestScenes.intoBox(), endless, RenderProgress.NONE, () -> true))
                    .isInstanceOf(RenderCancelledException.class);
        }
    }

    @Test
    void sharesItsThreadsBetweenRenders() throws Exception {
        RenderSettings endless = RenderSettings.of(640, 640, 65_536).withNoiseThreshold(0);
        AtomicBoolean cancelled = new AtomicBoolean();
        try (Renderer renderer = new Renderer(1)) {
            CompletableFuture<Picture> large = CompletableFuture.supplyAsync(
                    () -> renderer.render(BOX, TestScenes.intoBox(), endless, RenderProgress.NONE, cancelled::get));
            Picture small = renderer.render(BOX, TestScenes.intoBox(), SMALL, RenderProgress.NONE, CancelSignal.NEVER);
            assertThat(small.width()).isEqualTo(80);
            assertThat(large).isNotDone();
            cancelled.set(true);
            assertThatThrownBy(() -> large.get(20, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(RenderCancelledException.class);
        }
    }

    @Test
    void closingEndsOpenRenders() {
        RenderSettings endless = RenderSettings.of(640, 640, 65_536).withNoiseThreshold(0);
        Renderer renderer = new Renderer(1);
        CompletableFuture<Void> begun = new CompletableFuture<>();
        CompletableFuture<Picture> open = CompletableFuture.supplyAsync(() ->
                renderer.render(BOX, TestScenes.intoBox(), endless, done -> begun.complete(null), CancelSignal.NEVER));
        begun.join();
        renderer.close();
        assertThatThrownBy(() -> open.get(20, TimeUnit.SECONDS)).hasCauseInstanceOf(RenderCancelledException.class);
    }

    @Test
    void refusesCamerasThatSeeNothing() {
        Vec3 origin = new Vec3(0, 0, 0);
        Vec3 ahead = new Vec3(0, 0, -1);
        Vec3 up = new Vec3(0, 1, 0);
        assertThatIllegalArgumentException().isThrownBy(() -> new Camera(origin, origin, up, 45));
        assertThatIllegalArgumentException().isThrownBy(() -> new Camera(origin, up, up, 45));
        assertThatIllegalArgumentException().isThrownBy(() -> new Camera(origin, ahead, origin, 45));
        assertThatIllegalArgumentException().isThrownBy(() -> new Camera(origin, ahead, up, 180));
        assertThatIllegalArgumentException().isThrownBy(() -> new Camera(new Vec3(Double.NaN, 0, 0), ahead, up, 45));
    }

    private static Picture render(int threads, RenderSettings settings) {
        try (Renderer renderer = new Renderer(threads)) {
            return renderer.render(BOX, TestScenes.intoBox(), settings, RenderProgress.NONE, CancelSignal.NEVER);
        }
    }
}
