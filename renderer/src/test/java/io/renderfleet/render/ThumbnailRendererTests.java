package io.renderfleet.render;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class ThumbnailRendererTests {
    private final ThumbnailRenderer thumbnails = new ThumbnailRenderer(new SceneReader(SceneLimits.defaults()));

    @TempDir
    Path directory;

    @AfterEach
    void close() {
        thumbnails.close();
    }

    @Test
    void showsTheSceneInTheMiddleOfASmallJpeg() throws IOException {
        byte[] jpeg = thumbnails.draw(box(), Duration.ofSeconds(50)).orElseThrow();

        BufferedImage picture = ImageIO.read(new ByteArrayInputStream(jpeg));
        assertThat(picture.getWidth()).isEqualTo(320);
        assertThat(picture.getHeight()).isEqualTo(240);
        assertThat(picture.getRGB(160, 120)).as("the box").isNotEqualTo(picture.getRGB(2, 2));
        assertThat(jpeg).hasSizeLessThan(64 * 1024);
    }

    @Test
    void drawsNothingIfThereIsNoTime() throws IOException {
        assertThat(thumbnails.draw(box(), Duration.ZERO)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 1", "100, 1, 1", "1, 100, 1", "1, 1, 100", "0, 1, 1", "1e-6, 1e-6, 1e-6", "1e9, 1e9, 1e9"})
    void theWholeBoxIsInThePicture(double x, double y, double z) {
        Vec3 middle = new Vec3(5, -3, 8);
        Vec3 half = new Vec3(x, y, z);
        Camera camera = ThumbnailRenderer.camera(new Bounds(middle.minus(half), middle.plus(half)));

        assertThat(camera).isNotNull();
        Vec3 view = camera.target().minus(camera.position());
        Vec3 forward = view.times(1 / view.length());
        Vec3 sideways = forward.cross(camera.up());
        Vec3 right = sideways.times(1 / sideways.length());
        Vec3 above = right.cross(forward);
        double vertical = Math.tan(Math.toRadians(camera.verticalFovDegrees() / 2));
        double largest = 0;
        for (int corner = 0; corner < 8; corner++) {
            Vec3 point = new Vec3((corner & 1) == 0 ? x : -x, (corner & 2) == 0 ? y : -y, (corner & 4) == 0 ? z : -z)
                    .plus(middle)
                    .minus(camera.position());
            double depth = point.dot(forward);
            assertThat(depth).isPositive();
            largest = Math.max(largest, Math.abs(point.dot(right)) / depth / vertical * 240 / 320);
            largest = Math.max(largest, Math.abs(point.dot(above)) / depth / vertical);
        }
        assertThat(largest).as("the edge of the picture is at 1").isBetween(0.4, 1.0);
    }

    @Test
    void aSceneWithoutExtentHasNoCamera() {
        assertThat(ThumbnailRenderer.camera(new Bounds(new Vec3(1, 1, 1), new Vec3(1, 1, 1))))
                .isNull();
    }

    private Path box() throws IOException {
        return Files.write(directory.resolve("box.glb"), TestScenes.cornellBox().glb());
    }
}
