package io.renderfleet.bench;

import io.renderfleet.bench.report.Figure;
import io.renderfleet.bench.report.Target;
import io.renderfleet.localaws.samples.SampleDesign;
import io.renderfleet.localaws.samples.SampleDesigns;
import io.renderfleet.localaws.samples.SampleView;
import io.renderfleet.render.Camera;
import io.renderfleet.render.Environment;
import io.renderfleet.render.RenderSettings;
import io.renderfleet.render.Renderer;
import io.renderfleet.render.RendererBench;
import io.renderfleet.render.Scene;
import io.renderfleet.render.SceneLimits;
import io.renderfleet.render.SceneReader;
import io.renderfleet.render.Vec3;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Measures the speed and memory of the renderer. */
final class RendererFigures {
    private static final int WIDTH = 640;
    private static final int HEIGHT = 360;
    private static final int SAMPLES = 64;
    private static final double NANOS = 1e9;
    private static final double MILLION = 1e6;

    private final SceneReader reader = new SceneReader(SceneLimits.defaults());

    /** Figures of synthetic scenes. */
    List<Figure> core() {
        RendererBench.Figures figures = RendererBench.run();
        return List.of(
                Figure.of(
                                "renderer.raysPerSecond",
                                "one thread, %,d textured triangles".formatted(figures.triangles()),
                                figures.raysPerSecond() / MILLION,
                                "million rays/s")
                        .against(Target.atLeast(2)),
                Figure.of(
                                "renderer.bvhBuild",
                                "BVH over %,d triangles".formatted(figures.bvhTriangles()),
                                figures.bvhBuild().toNanos() / NANOS,
                                "s")
                        .against(Target.atMost(2)),
                Figure.of(
                                "renderer.bytesPerTriangle",
                                "memory per triangle, including the BVH",
                                figures.bytesPerTriangle(),
                                "bytes")
                        .against(Target.atMost(150)));
    }

    /** The time that each sample design takes on one thread, with the default size and samples of a request. */
    List<Figure> samples() throws IOException {
        List<Figure> figures = new ArrayList<>();
        try (Renderer renderer = new Renderer(1)) {
            for (SampleDesign design : SampleDesigns.all()) {
                Scene scene = read(design);
                render(renderer, scene, design, 1);
                long begun = System.nanoTime();
                render(renderer, scene, design, SAMPLES);
                double seconds = (System.nanoTime() - begun) / NANOS;
                figures.add(Figure.of("renderer.default." + design.id(), design.id(), seconds, "s"));
            }
        }
        return figures;
    }

    private Scene read(SampleDesign design) throws IOException {
        Path file = Files.createTempFile("renderfleet-bench-", ".glb");
        try {
            Files.write(file, design.glb());
            return reader.read(file);
        } finally {
            Files.delete(file);
        }
    }

    private static void render(Renderer renderer, Scene scene, SampleDesign design, int samples) {
        SampleView view = design.view();
        Camera camera = new Camera(vec3(view.position()), vec3(view.target()), vec3(view.up()), view.fov());
        RenderSettings settings = RenderSettings.of(WIDTH, HEIGHT, samples)
                .withEnvironment(design.environment().equals("none") ? Environment.NONE : Environment.DEFAULT);
        var _ = renderer.render(scene, camera, settings, fraction -> {}, () -> false);
    }

    private static Vec3 vec3(SampleView.Point point) {
        return new Vec3(point.x(), point.y(), point.z());
    }
}
