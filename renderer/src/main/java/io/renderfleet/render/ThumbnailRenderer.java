package io.renderfleet.render;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Draws the thumbnails of designs: the whole scene from above and from the right of its front, which is +Z in glTF. A
 * thumbnail is drawn with one sample per pixel, then with 4 and 16, and the last one that was finished in time is taken.
 *
 * <p>Used by one thread.
 */
public final class ThumbnailRenderer implements AutoCloseable {
    static final int WIDTH = 320;
    static final int HEIGHT = 240;

    private static final int[] SAMPLES = {1, 4, 16};

    /** The direction from the middle of the scene to the camera. */
    private static final Vec3 TO_CAMERA = new Vec3(0.55, 0.45, 1);

    private static final Vec3 UP = new Vec3(0, 1, 0);
    private static final double VERTICAL_FOV = 35;
    private static final int MAX_DEPTH = 4;
    private static final double NOISE_THRESHOLD = 0.06;

    /** The scene does not touch the edges of the picture. */
    private static final double MARGIN = 1.05;

    private final SceneReader reader;
    private final Renderer renderer = new Renderer(1);

    public ThumbnailRenderer(SceneReader reader) {
        this.reader = reader;
    }

    /**
     * Draws a thumbnail of a file, {@value #WIDTH} by {@value #HEIGHT} pixels.
     *
     * @param time how long it may take, from the reading of the file on
     * @return a JPEG; empty if not even the first picture was finished in time, or if there is nothing to see
     * @throws InvalidSceneException if the file cannot be rendered, for instance because of one of its images
     */
    public Optional<byte[]> draw(Path file, Duration time) throws IOException {
        long start = System.nanoTime();
        CancelSignal late = () -> System.nanoTime() - start > time.toNanos();
        Picture best = null;
        try {
            Scene scene = reader.read(file, late);
            Camera camera = camera(scene.summary().bounds());
            if (camera == null) {
                return Optional.empty();
            }
            for (int samples : SAMPLES) {
                best = renderer.render(scene, camera, settings(samples), RenderProgress.NONE, late);
            }
        } catch (RenderCancelledException e) {
            // The picture with fewer samples is shown.
        }
        return Optional.ofNullable(best).map(Picture::encodeJpeg);
    }

    private static RenderSettings settings(int samples) {
        return new RenderSettings(
                WIDTH, HEIGHT, samples, ToneMapping.PBR_NEUTRAL, MAX_DEPTH, NOISE_THRESHOLD, true, Environment.DEFAULT);
    }

    /** The camera that shows the whole box; null if the box has no extent. */
    static @Nullable Camera camera(Bounds bounds) {
        Vec3 middle = bounds.min().plus(bounds.max()).times(0.5);
        Vec3 half = bounds.max().minus(bounds.min()).times(0.5);
        if (!(half.length() > 0 && middle.isFinite() && Double.isFinite(half.length()))) {
            return null;
        }
        Vec3 back = TO_CAMERA.times(1 / TO_CAMERA.length());
        Vec3 sideways = UP.cross(back);
        Vec3 right = sideways.times(1 / sideways.length());
        Vec3 above = back.cross(right);
        double vertical = Math.tan(Math.toRadians(VERTICAL_FOV / 2));
        double horizontal = vertical * WIDTH / HEIGHT;
        double distance = 0;
        for (int corner = 0; corner < 8; corner++) {
            Vec3 offset = new Vec3(
                    (corner & 1) == 0 ? half.x() : -half.x(),
                    (corner & 2) == 0 ? half.y() : -half.y(),
                    (corner & 4) == 0 ? half.z() : -half.z());
            double across = Math.max(Math.abs(offset.dot(right)) / horizontal, Math.abs(offset.dot(above)) / vertical);
            distance = Math.max(distance, across + offset.dot(back));
        }
        Vec3 position = middle.plus(back.times(distance * MARGIN));
        return position.isFinite() && !position.equals(middle) ? new Camera(position, middle, UP, VERTICAL_FOV) : null;
    }

    @Override
    public void close() {
        renderer.close();
    }
}
