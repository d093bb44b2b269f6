package io.renderfleet.render.integrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.renderfleet.render.Camera;
import io.renderfleet.render.Environment;
import io.renderfleet.render.RenderSettings;
import io.renderfleet.render.Vec3;
import io.renderfleet.render.geometry.GeometryBuilder;
import io.renderfleet.render.light.PunctualLight;
import io.renderfleet.render.light.Sky;
import io.renderfleet.render.scene.RenderScene;
import io.renderfleet.render.shading.AlphaMode;
import io.renderfleet.render.shading.Material;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the integrator finds, against what can be worked out on paper. */
class ClosedFormTests {

    @Test
    void matteSphereNearlyVanishesInAWhiteFurnace() {
        // The Fresnel mix of glTF lets a few per cent go where base and reflection meet, and must never add any.
        assertThat(furnace(0, 1)).isBetween(0.95, 1.002);
    }

    @Test
    void smoothMetalSphereVanishesInAWhiteFurnace() {
        assertThat(furnace(1, 0.05f)).isCloseTo(1, within(0.01));
    }

    @ParameterizedTest
    @ValueSource(floats = {0.3f, 0.6f, 1})
    void roughMetalSphereVanishesInAWhiteFurnace(float roughness) {
        assertThat(furnace(1, roughness)).isCloseTo(1, within(0.02));
    }

    @Test
    void areaLightGivesTheIrradianceOfItsFormFactor() {
        // A square lamp of half side a at height h over the point: F = 4 / (2 pi) (2 X / s) atan(X / s), X = a / h.
        GeometryBuilder builder = new GeometryBuilder(8, 4);
        quad(builder, 0, 10, 0, false);
        quad(builder, 2, 0.5, 1, true);
        Material floor = material(0.5f, 0, 1, 0);
        Material lamp = material(0, 0, 1, 7);
        double part = 0.25;
        double root = Math.sqrt(1 + part * part);
        double formFactor = 4 / (2 * Math.PI) * 2 * part / root * Math.atan(part / root);
        RenderScene scene = RenderScene.of(builder, List.of(floor, lamp), List.of(), null, 0);
        // The floor's dielectric reflection adds a little to its base; measured against a furnace of the same kind.
        double reflectance = reflectance(floor);
        assertThat(centre(scene, new Vec3(0, 0.5, 0.001), 1_024, Environment.NONE))
                .isCloseTo(reflectance * formFactor * 7, within(0.03 * reflectance * formFactor * 7));
    }

    @Test
    void areaLightAndSkyGiveTheIrradianceOfTheirSharesOfTheHemisphere() {
        // The lamp covers the share F of the hemisphere, weighted by the cosine, and hides that share of the sky.
        GeometryBuilder builder = new GeometryBuilder(8, 4);
        quad(builder, 0, 10, 0, false);
        quad(builder, 2, 0.5, 1, true);
        Material floor = material(0.5f, 0, 1, 0);
        Material lamp = material(0, 0, 1, 7);
        double part = 0.25;
        double root = Math.sqrt(1 + part * part);
        double formFactor = 4 / (2 * Math.PI) * 2 * part / root * Math.atan(part / root);
        RenderScene scene = RenderScene.of(builder, List.of(floor, lamp), List.of(), Sky.constant(1), 0);
        double expected = reflectance(floor) * (formFactor * 7 + 1 - formFactor);
        assertThat(centre(scene, new Vec3(0, 0.5, 0.001), 1_024)).isCloseTo(expected, within(0.03 * expected));
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 2, 4})
    void pointLightFallsOffWithTheSquareOfItsDistance(double height) {
        GeometryBuilder builder = new GeometryBuilder(4, 2);
        quad(builder, 0, 10, 0, false);
        PunctualLight light = new PunctualLight(
                PunctualLight.Kind.POINT, 0, (float) height, 0, 0, 0, -1, 30, 30, 30, Float.POSITIVE_INFINITY, 1, 0);
        RenderScene scene = RenderScene.of(builder, List.of(material(0.5f, 0, 1, 0)), List.of(light), null, 0);
        double perCandela = centre(scene, new Vec3(0, 0.5, 0.001), 64) * height * height / 30;
        // Lambert's 0.5 / pi less what the dielectric surface keeps out, plus its rough reflection straight back.
        assertThat(perCandela).isBetween(0.150, 0.170);
    }

    private static double furnace(float metallic, float roughness) {
        GeometryBuilder builder = new GeometryBuilder(10_000, 20_000);
        sphere(builder);
        Material material = material(1, metallic, roughness, 0);
        RenderScene scene = RenderScene.of(builder, List.of(material), List.of(), Sky.constant(1), 0);
        return centre(scene, new Vec3(0, 0, 5), 1_024);
    }

    private static double reflectance(Material material) {
        GeometryBuilder builder = new GeometryBuilder(4, 2);
        quad(builder, 0, 10, 0, false);
        RenderScene scene = RenderScene.of(builder, List.of(material), List.of(), Sky.constant(1), 0);
        return centre(scene, new Vec3(0, 0.5, 0.001), 1_024);
    }

    /** The mean radiance of the four pixels in the middle, through a narrow lens. */
    private static double centre(RenderScene scene, Vec3 from, int samples) {
        return centre(scene, from, samples, Environment.DEFAULT);
    }

    private static double centre(RenderScene scene, Vec3 from, int samples, Environment environment) {
        Camera camera = new Camera(from, new Vec3(0, 0, 0), new Vec3(0, from.z() > 1 ? 1 : 0, -1), 1);
        RenderSettings settings = RenderSettings.of(2, 2, samples)
                .withNoiseThreshold(0)
                .withDenoise(false)
                .withEnvironment(environment);
        double[] sum = new double[1];
        FinishedRows rows = (y, radiance) -> sum[0] += radiance[1] + radiance[4];
        Rendering rendering = new Rendering(scene, camera, settings, rows, () -> false);
        for (Rendering.Work work = rendering.take(); work != null; work = rendering.take()) {
            work.run();
            rendering.complete(work, null);
        }
        return sum[0] / 4;
    }

    private static void quad(GeometryBuilder builder, double y, double half, int material, boolean down) {
        int a = builder.addVertex(-half, y, half);
        int b = builder.addVertex(half, y, half);
        int c = builder.addVertex(half, y, -half);
        int d = builder.addVertex(-half, y, -half);
        builder.addTriangle(a, down ? c : b, down ? b : c, material);
        builder.addTriangle(a, down ? d : c, down ? c : d, material);
    }

    private static void sphere(GeometryBuilder builder) {
        int rows = 48;
        int columns = 96;
        for (int row = 0; row <= rows; row++) {
            for (int column = 0; column <= columns; column++) {
                double polar = Math.PI * row / rows;
                double turn = 2 * Math.PI * column / columns;
                double x = Math.sin(polar) * Math.cos(turn);
                double y = Math.cos(polar);
                double z = -Math.sin(polar) * Math.sin(turn);
                int vertex = builder.addVertex(x, y, z);
                builder.setNormal(vertex, x, y, z);
            }
        }
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                int first = row * (columns + 1) + column;
                int below = first + columns + 1;
                builder.addTriangle(first, below, below + 1, 0);
                builder.addTriangle(first, below + 1, first + 1, 0);
            }
        }
    }

    private static Material material(float grey, float metallic, float roughness, float emission) {
        return new Material(
                new float[] {grey, grey, grey, 1},
                null,
                metallic,
                roughness,
                null,
                new float[] {emission, emission, emission},
                null,
                null,
                1,
                AlphaMode.OPAQUE,
                0.5f,
                false,
                false);
    }
}
