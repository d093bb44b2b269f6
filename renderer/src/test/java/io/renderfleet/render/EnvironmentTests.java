package io.renderfleet.render;

import static io.renderfleet.render.TestScenes.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What lights a scene from all around: a grey panel in the middle of the picture, and the background in its corner. */
class EnvironmentTests {

    private static final int BACKGROUND = 1;
    private static final int PANEL = 20;

    private final Picture plain = picture(panel(""), Environment.DEFAULT);

    @Test
    void aSmallEmitterLeavesTheEnvironmentOn() {
        GltfBuilder scene = panel("");
        int led = scene.material("{\"emissiveFactor\":[0,1,0]}");
        scene.quad(at(0.7, 0.7, 0.01), at(0.04, 0, 0), at(0, 0.04, 0), led);
        assertLitAsPlain(picture(scene, Environment.DEFAULT));
    }

    @Test
    void aFactorThatRoundingLeftLeavesTheEnvironmentOn() {
        assertLitAsPlain(picture(panel(",\"emissiveFactor\":[0.004,0.004,0.004]"), Environment.DEFAULT));
    }

    @Test
    void aBlackEmissiveTextureLeavesTheEnvironmentOn() {
        GltfBuilder scene = panel(",\"emissiveFactor\":[1,1,1],\"emissiveTexture\":{\"index\":0}");
        scene.add("images", "{\"bufferView\":" + scene.view(SceneFeaturesTests.pngOf(2, 2, 0xFF000000)) + "}");
        scene.add("textures", "{\"source\":0}");
        assertLitAsPlain(picture(scene, Environment.DEFAULT));
    }

    @Test
    void withoutAnEnvironmentOnlyTheSceneGivesLight() {
        assertThat(picture(panel(""), Environment.NONE).rgb(PANEL, PANEL)).isZero();

        GltfBuilder lit = panel("");
        lit.quad(at(-1, -1, 4.5), at(0, 2, 0), at(2, 0, 0), lit.glow(5));
        Picture picture = picture(lit, Environment.NONE);
        assertThat(picture.rgb(PANEL, PANEL) & 0xFF).isGreaterThan(0x20);
        assertThat(picture.rgb(BACKGROUND, BACKGROUND)).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void punctualLightsReplaceTheEnvironment(Environment environment) {
        GltfBuilder scene = panel("");
        scene.json()
                .withObject("/extensions/KHR_lights_punctual")
                .withArrayProperty("lights")
                .addObject()
                .put("type", "point")
                .put("intensity", 20);
        scene.node("{\"translation\":[0,0,2],\"extensions\":{\"KHR_lights_punctual\":{\"light\":0}}}");
        Picture picture = picture(scene, environment);
        assertThat(picture.rgb(PANEL, PANEL) & 0xFF).isGreaterThan(0x60);
        assertThat(picture.rgb(BACKGROUND, BACKGROUND)).isZero();
    }

    private void assertLitAsPlain(Picture picture) {
        assertThat(plain.rgb(PANEL, PANEL) & 0xFF).isGreaterThan(0x60);
        assertThat(picture.rgb(PANEL, PANEL) & 0xFF).isCloseTo(plain.rgb(PANEL, PANEL) & 0xFF, within(8));
        assertThat(picture.rgb(BACKGROUND, BACKGROUND)).isEqualTo(plain.rgb(BACKGROUND, BACKGROUND));
    }

    /** A grey panel of two by two that faces the camera, with more properties of its material. */
    private static GltfBuilder panel(String more) {
        GltfBuilder scene = new GltfBuilder();
        int grey = scene.material("""
                {"pbrMetallicRoughness":{"baseColorFactor":[0.5,0.5,0.5,1],"metallicFactor":0,"roughnessFactor":1}%s}
                """.formatted(more));
        return scene.quad(at(-1, -1, 0), at(2, 0, 0), at(0, 2, 0), grey);
    }

    private static Picture picture(GltfBuilder scene, Environment environment) {
        Camera camera = new Camera(new Vec3(0, 0, 4), new Vec3(0, 0, 0), new Vec3(0, 1, 0), 53);
        try (Renderer renderer = new Renderer(1)) {
            return renderer.render(
                    TestScenes.read(scene.glb()),
                    camera,
                    RenderSettings.of(2 * PANEL, 2 * PANEL, 64).withEnvironment(environment),
                    RenderProgress.NONE,
                    CancelSignal.NEVER);
        }
    }
}
