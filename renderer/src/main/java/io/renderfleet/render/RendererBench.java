package io.renderfleet.render;

import io.renderfleet.render.bvh.BvhBuilder;
import io.renderfleet.render.geometry.GeometryBuilder;
import io.renderfleet.render.scene.RenderScene;
import io.renderfleet.render.shading.AlphaMode;
import io.renderfleet.render.shading.Material;
import io.renderfleet.render.shading.Texture;
import io.renderfleet.render.shading.TextureSlot;
import io.renderfleet.render.shading.Wrap;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Measures the renderer on generated scenes, so that figures of two machines can be compared. */
public final class RendererBench {

    private static final int WAVES = 190;
    private static final int MILLION_SIDE = 708;

    private RendererBench() {}

    /**
     * The measured figures.
     *
     * @param triangles the number of triangles of the textured scene
     * @param raysPerSecond the rays per second of processor time in that scene, including shading
     * @param bvhTriangles the number of triangles of the large mesh
     * @param bvhBuild the time to build its BVH with the threads of the common pool
     * @param bytesPerTriangle the memory of the large mesh in bytes per triangle, including normals, texture
     *     coordinates and BVH
     */
    public record Figures(
            int triangles, double raysPerSecond, int bvhTriangles, Duration bvhBuild, double bytesPerTriangle) {}

    /** Returns the best of several rounds. Takes about ten seconds on an idle core. */
    public static Figures run() {
        Scene textured = texturedScene();
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        double raysPerSecond = 0;
        RenderSettings settings =
                RenderSettings.of(32, 32, 512).withNoiseThreshold(0).withDenoise(false);
        Camera camera = new Camera(new Vec3(0, 6, 11), new Vec3(0, 0, 0), new Vec3(0, 1, 0), 45);
        try (Renderer renderer = new Renderer(1)) {
            for (int round = 0; round < 4; round++) {
                // A single tile runs on this thread, whose processor time does not depend on other programs.
                long start = threads.getCurrentThreadCpuTime();
                Picture picture = renderer.render(textured, camera, settings, RenderProgress.NONE, CancelSignal.NEVER);
                raysPerSecond =
                        Math.max(raysPerSecond, picture.rays() * 1e9 / (threads.getCurrentThreadCpuTime() - start));
            }
        }
        GeometryBuilder million = waves(MILLION_SIDE, 0);
        long best = Long.MAX_VALUE;
        for (int round = 0; round < 3; round++) {
            long start = System.nanoTime();
            int[] order = BvhBuilder.build(million.triangles(), million.triangleCount())
                    .order();
            best = order.length == 0 ? best : Math.min(best, System.nanoTime() - start);
        }
        int count = million.triangleCount();
        RenderScene large = RenderScene.of(million, List.of(material(null)), List.of(), null, 0);
        return new Figures(
                textured.content().geometry().triangleCount(),
                raysPerSecond,
                count,
                Duration.ofNanos(best),
                (double) large.sizeInBytes() / count);
    }

    /** A rolling, chequered ground of some 70,000 triangles under the daylight sky. */
    private static Scene texturedScene() {
        GeometryBuilder builder = waves(WAVES, 0);
        int count = builder.triangleCount();
        Texture chequers = chequers();
        TextureSlot slot = new TextureSlot(chequers, 0, TextureSlot.noTransform(), Wrap.REPEAT, Wrap.REPEAT, true);
        RenderScene content = RenderScene.of(builder, List.of(material(slot)), List.of(), null, chequers.sizeInBytes());
        Bounds bounds = new Bounds(new Vec3(-5, -2, -5), new Vec3(5, 2, 5));
        return new Scene(new SceneSummary(1, 1, 1, 1, 0, count, bounds, 0), content);
    }

    /** A square of side times side patches, bent by a few sines. */
    private static GeometryBuilder waves(int side, int material) {
        GeometryBuilder builder = new GeometryBuilder((side + 1) * (side + 1), 2 * side * side);
        for (int row = 0; row <= side; row++) {
            for (int column = 0; column <= side; column++) {
                double x = 10.0 * column / side - 5;
                double z = 10.0 * row / side - 5;
                int vertex = builder.addVertex(
                        x, Math.sin(2 * x) * Math.cos(1.7 * z) + 0.3 * Math.sin(9 * x + z) * Math.sin(8 * z), z);
                double slopeX = 2 * Math.cos(2 * x) * Math.cos(1.7 * z) + 2.7 * Math.cos(9 * x + z) * Math.sin(8 * z);
                double slopeZ = -1.7 * Math.sin(2 * x) * Math.sin(1.7 * z)
                        + 0.3 * (Math.cos(9 * x + z) * Math.sin(8 * z) + 8 * Math.sin(9 * x + z) * Math.cos(8 * z));
                builder.setNormal(vertex, -slopeX, 1, -slopeZ);
                builder.setTexCoord(0, vertex, (float) column / side * 4, (float) row / side * 4);
            }
        }
        for (int row = 0; row < side; row++) {
            for (int column = 0; column < side; column++) {
                int corner = row * (side + 1) + column;
                builder.addTriangle(corner, corner + side + 1, corner + side + 2, material);
                builder.addTriangle(corner, corner + side + 2, corner + 1, material);
            }
        }
        return builder;
    }

    private static Texture chequers() {
        int size = 512;
        int[] pixels = new int[size * size];
        for (int i = 0; i < pixels.length; i++) {
            boolean light = ((i % size / 32) + (i / size / 32)) % 2 == 0;
            pixels[i] = light ? 0xFFE8D8B8 : 0xFF385878;
        }
        return new Texture(size, size, pixels);
    }

    private static Material material(@Nullable TextureSlot texture) {
        return new Material(
                new float[] {1, 1, 1, 1},
                texture,
                0,
                0.6f,
                null,
                new float[3],
                null,
                null,
                1,
                AlphaMode.OPAQUE,
                0.5f,
                true,
                false);
    }
}
