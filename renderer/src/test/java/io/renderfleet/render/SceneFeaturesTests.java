package io.renderfleet.render;

import static io.renderfleet.render.TestScenes.at;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a file says is what is seen: each feature is looked at from straight ahead. */
class SceneFeaturesTests {

    private static final String UNLIT = "\"extensions\":{\"KHR_materials_unlit\":{}}";
    private static final int RED = 0xFF0000;
    private static final int BLUE = 0x0000FF;
    /** What the tone mapping makes of pure, full red and blue. */
    private static final int SEEN_RED = 0xF12121;

    private static final int SEEN_BLUE = 0x2121F1;

    @Test
    void readsBinaryAndEmbeddedFilesAlike() {
        SceneSummary binary = TestScenes.inspect(facing(red("")).glb());
        assertThat(TestScenes.inspect(facing(red("")).gltf()))
                .usingRecursiveComparison()
                .as("all but the memory, which depends on the size of the file")
                .ignoringFields("memory")
                .isEqualTo(binary);
        assertThat(binary.triangles()).isEqualTo(2);
        assertThat(binary.bounds()).isEqualTo(new Bounds(new Vec3(-1, -1, 0), new Vec3(1, 1, 0)));
    }

    @Test
    void countsWhatIsInspectedAsItIsRead() {
        byte[] file = TestScenes.cornellBox().glb();
        assertThat(TestScenes.read(file).summary()).isEqualTo(TestScenes.inspect(file));
    }

    @ParameterizedTest
    @CsvSource({"4, '0,1,2,0,2,3'", "5, '0,1,3,2'", "6, '0,1,2,3'"})
    void drawsEveryTriangleMode(int mode, String indices) {
        GltfBuilder builder = red("");
        int[] corners = Arrays.stream(indices.split(",", -1))
                .mapToInt(Integer::parseInt)
                .toArray();
        builder.mesh("{\"attributes\":{\"POSITION\":%d},\"indices\":%d,\"mode\":%d,\"material\":0}"
                .formatted(square(builder), builder.indices(corners), mode));
        builder.node("{\"mesh\":0}");
        assertCovered(builder);
    }

    @Test
    void drawsTrianglesWithoutIndices() {
        GltfBuilder builder = red("");
        builder.mesh("{\"attributes\":{\"POSITION\":%d},\"material\":0}"
                .formatted(builder.floats("VEC3", -1, -1, 0, 1, -1, 0, 1, 1, 0, -1, -1, 0, 1, 1, 0, -1, 1, 0)));
        builder.node("{\"mesh\":0}");
        assertCovered(builder);
    }

    @ParameterizedTest
    @ValueSource(ints = {5121, 5123, 5125})
    void readsEveryTypeOfIndex(int type) {
        GltfBuilder builder = red("");
        int size = type == 5121 ? 1 : type == 5123 ? 2 : 4;
        ByteBuffer bytes = ByteBuffer.allocate(6 * size).order(ByteOrder.LITTLE_ENDIAN);
        for (int index : new int[] {0, 1, 2, 0, 2, 3}) {
            bytes.put(bytes.position(), (byte) index);
            bytes.position(bytes.position() + size);
        }
        int positions = square(builder);
        builder.mesh("{\"attributes\":{\"POSITION\":%d},\"indices\":%d,\"material\":0}"
                .formatted(positions, builder.accessor("SCALAR", type, false, 6, bytes.array())));
        builder.node("{\"mesh\":0}");
        assertCovered(builder);
    }

    @Test
    void readsNormalizedAndQuantizedPositions() {
        GltfBuilder builder = red("");
        int positions = builder.accessor(
                "VEC3",
                5122,
                true,
                4,
                GltfBuilder.shorts(-32767, -32767, 0, 32767, -32767, 0, 32767, 32767, 0, -32767, 32767, 0));
        builder.mesh("{\"attributes\":{\"POSITION\":%d},\"indices\":%d,\"material\":0}"
                .formatted(positions, builder.indices(0, 1, 2, 0, 2, 3)));
        builder.node("{\"mesh\":0}");
        assertCovered(builder);
    }

    @Test
    void readsSparseAccessors() {
        GltfBuilder builder = red("");
        int zeros = builder.floats("VEC3", new float[12]);
        int places = builder.view(new byte[] {0, 1, 2, 3});
        int values = builder.floats("VEC3", -1, -1, 0, 1, -1, 0, 1, 1, 0, -1, 1, 0);
        ((ObjectNode) builder.json().at("/accessors/" + zeros))
                .putObject("sparse")
                .put("count", 4)
                .<ObjectNode>set(
                        "indices",
                        builder.json().objectNode().put("bufferView", places).put("componentType", 5121))
                .set(
                        "values",
                        builder.json()
                                .objectNode()
                                .set("bufferView", builder.json().at("/accessors/" + values + "/bufferView")));
        builder.mesh("{\"attributes\":{\"POSITION\":%d},\"indices\":%d,\"material\":0}"
                .formatted(zeros, builder.indices(0, 1, 2, 0, 2, 3)));
        builder.node("{\"mesh\":0}");
        assertCovered(builder);
    }

    @Test
    void readsInterleavedVertices() {
        GltfBuilder builder = red("");
        float[] interleaved = {
            -1, -1, 0, 9, 9, 1, -1, 0, 9, 9, 1, 1, 0, 9, 9, -1, 1, 0, 9, 9,
        };
        int positions = builder.floats("SCALAR", interleaved);
        var accessor = (ObjectNode) builder.json().at("/accessors/" + positions);
        accessor.put("type", "VEC3").put("count", 4);
        ((ObjectNode) builder.json().at("/bufferViews/" + accessor.get("bufferView"))).put("byteStride", 20);
        builder.mesh("{\"attributes\":{\"POSITION\":%d},\"indices\":%d,\"material\":0}"
                .formatted(positions, builder.indices(0, 1, 2, 0, 2, 3)));
        builder.node("{\"mesh\":0}");
        assertCovered(builder);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"translation\":[3,0,0],\"children\":[1]|\"translation\":[-3,0,0]",
                "\"scale\":[4,4,4],\"children\":[1]|\"scale\":[-0.25,0.25,0.25]",
                "\"rotation\":[0,1,0,0],\"children\":[1]|\"rotation\":[0,1,0,0]",
                "\"matrix\":[1,0,0,0,0,1,0,0,0,0,1,0,5,0,0,1],\"children\":[1]|\"translation\":[-5,0,0]",
            })
    void placesNodesByAllTheirAncestors(String nodes) {
        GltfBuilder builder = red("");
        builder.mesh("{\"attributes\":{\"POSITION\":%d},\"indices\":%d,\"material\":0}"
                .formatted(square(builder), builder.indices(0, 1, 2, 0, 2, 3)));
        int bar = nodes.indexOf('|');
        builder.node("{" + nodes.substring(0, bar) + "}");
        builder.add("nodes", "{\"mesh\":0," + nodes.substring(bar + 1) + "}");
        assertCovered(builder);
    }

    @Test
    void hidesTheBackOfOneSidedMaterialsOnly() {
        assertThat(look(back(red("")))).isNotEqualTo(SEEN_RED);
        assertThat(look(back(red("\"doubleSided\":true,")))).isEqualTo(SEEN_RED);
    }

    @Test
    void masksAndBlendsByAlpha() {
        GltfBuilder masked = red("\"alphaMode\":\"MASK\",\"alphaCutoff\":1.0,", "1,0,0,0.9");
        assertThat(look(facing(masked))).isNotEqualTo(SEEN_RED);
        GltfBuilder blended = red("\"alphaMode\":\"BLEND\",", "1,0,0,0.5");
        int pink = look(facing(blended));
        assertThat(pink >> 16).isGreaterThan(0xD0);
        assertThat(pink & 0xFF).isBetween(0x40, 0xE8);
    }

    @Test
    void multipliesVertexColours() {
        GltfBuilder builder = red("", "1,1,1,1");
        int positions = square(builder);
        int colours = builder.accessor(
                "VEC4", 5121, true, 4, new byte[] {-1, 0, 0, -1, -1, 0, 0, -1, -1, 0, 0, -1, -1, 0, 0, -1});
        builder.mesh("{\"attributes\":{\"POSITION\":%d,\"COLOR_0\":%d},\"indices\":%d,\"material\":0}"
                .formatted(positions, colours, builder.indices(0, 1, 2, 0, 2, 3)));
        builder.node("{\"mesh\":0}");
        assertCovered(builder);
    }

    @Test
    void looksUpTexturesThroughTheirTransform() {
        BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_INT_RGB);
        image.setRGB(0, 0, BLUE);
        image.setRGB(1, 0, RED);
        String shifted = "\"extensions\":{\"KHR_texture_transform\":{\"offset\":[0.75,0.5],\"scale\":[0,0]}}";
        assertThat(look(facing(textured(png(image), shifted)))).isEqualTo(SEEN_RED);
        String first = "\"extensions\":{\"KHR_texture_transform\":{\"offset\":[0.25,0.5],\"scale\":[0,0]}}";
        assertThat(look(facing(textured(png(image), first)))).isEqualTo(SEEN_BLUE);
    }

    @Test
    void showsTexturesUpright() {
        BufferedImage image = new BufferedImage(1, 2, BufferedImage.TYPE_INT_RGB);
        image.setRGB(0, 0, RED);
        image.setRGB(0, 1, BLUE);
        Picture picture = picture(facing(textured(png(image), "\"texCoord\":0")), 32);
        assertThat(picture.rgb(16, 9)).isEqualTo(SEEN_RED);
        assertThat(picture.rgb(16, 20)).isEqualTo(SEEN_BLUE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"point\",\"intensity\":20}",
                "{\"type\":\"spot\",\"intensity\":20,\"spot\":{\"outerConeAngle\":0.5}}",
                "{\"type\":\"directional\",\"intensity\":3}",
            })
    void lightsByPunctualLights(String light) {
        GltfBuilder builder = new GltfBuilder();
        builder.quad(at(-1, -1, 0), at(2, 0, 0), at(0, 2, 0), builder.matte(1, 1, 1));
        builder.json()
                .withObject("/extensions/KHR_lights_punctual")
                .withArrayProperty("lights")
                .add(parse(light));
        builder.node("{\"translation\":[0,0,2],\"extensions\":{\"KHR_lights_punctual\":{\"light\":0}}}");
        assertThat(TestScenes.inspect(builder.glb()).lights()).isEqualTo(1);
        Picture picture = picture(builder, 32);
        assertThat(picture.rgb(16, 16) & 0xFF).isGreaterThan(0x90);
        assertThat(picture.rgb(0, 0)).as("no sky where there is a light").isZero();
    }

    @Test
    void bendsLightByNormalTextures() {
        GltfBuilder flat = new GltfBuilder();
        int plain = flat.matte(1, 1, 1);
        flat.quad(at(-1, -1, 0), at(2, 0, 0), at(0, 2, 0), plain);
        GltfBuilder bumpy = new GltfBuilder();
        bumpy.add("images", "{\"bufferView\":" + bumpy.view(pngOf(1, 1, 0xFFDA80DA)) + "}");
        bumpy.add("textures", "{\"source\":0}");
        int tilted =
                bumpy.material("{\"pbrMetallicRoughness\":{\"metallicFactor\":0},\"normalTexture\":{\"index\":0}}");
        bumpy.quad(at(-1, -1, 0), at(2, 0, 0), at(0, 2, 0), tilted);
        for (GltfBuilder builder : new GltfBuilder[] {flat, bumpy}) {
            builder.json()
                    .withObject("/extensions/KHR_lights_punctual")
                    .withArrayProperty("lights")
                    .add(parse("{\"type\":\"directional\",\"intensity\":1}"));
            // Turned so that it shines along -X and -Z: from the right, where the texture tilts the surface to.
            builder.node("{\"rotation\":[0,0.38268343,0,0.92387953],"
                    + "\"extensions\":{\"KHR_lights_punctual\":{\"light\":0}}}");
        }
        assertThat(look(bumpy) & 0xFF).isGreaterThan((look(flat) & 0xFF) + 8);
    }

    static byte[] pngOf(int width, int height, int argb) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB);
        for (int i = 0; i < width * height; i++) {
            image.setRGB(i % width, i / width, argb);
        }
        return png(image);
    }

    private static byte[] png(BufferedImage image) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            ImageIO.write(image, "png", bytes);
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode parse(String json) {
        try {
            return new ObjectMapper().readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static GltfBuilder red(String more) {
        return red(more, "1,0,0,1");
    }

    private static GltfBuilder red(String more, String colour) {
        GltfBuilder builder = new GltfBuilder();
        builder.material("{%s\"pbrMetallicRoughness\":{\"baseColorFactor\":[%s]},%s}".formatted(more, colour, UNLIT));
        return builder;
    }

    private static GltfBuilder textured(byte[] image, String info) {
        GltfBuilder builder = new GltfBuilder();
        builder.add("images", "{\"bufferView\":" + builder.view(image) + "}");
        builder.add("samplers", "{\"magFilter\":9728,\"wrapS\":33071,\"wrapT\":33071}");
        builder.add("textures", "{\"source\":0,\"sampler\":0}");
        builder.material(
                "{\"pbrMetallicRoughness\":{\"baseColorTexture\":{\"index\":0,%s}},%s}".formatted(info, UNLIT));
        return builder;
    }

    private static GltfBuilder facing(GltfBuilder builder) {
        return builder.quad(at(-1, -1, 0), at(2, 0, 0), at(0, 2, 0), 0);
    }

    private static GltfBuilder back(GltfBuilder builder) {
        return builder.quad(at(-1, -1, 0), at(0, 2, 0), at(2, 0, 0), 0);
    }

    private static int square(GltfBuilder builder) {
        return builder.floats("VEC3", -1, -1, 0, 1, -1, 0, 1, 1, 0, -1, 1, 0);
    }

    private static int look(GltfBuilder builder) {
        return picture(builder, 32).rgb(14, 15);
    }

    /** The square fills the middle of the picture, to a quarter of the size from each edge and a little more. */
    private static void assertCovered(GltfBuilder builder) {
        Picture picture = picture(builder, 32);
        for (int at : new int[] {9, 16, 22}) {
            assertThat(picture.rgb(at, 9)).isEqualTo(SEEN_RED);
            assertThat(picture.rgb(at, 16)).isEqualTo(SEEN_RED);
            assertThat(picture.rgb(at, 22)).isEqualTo(SEEN_RED);
        }
        assertThat(picture.rgb(2, 2)).isNotEqualTo(SEEN_RED);
    }

    private static Picture picture(GltfBuilder builder, int size) {
        Camera camera = new Camera(new Vec3(0, 0, 4), new Vec3(0, 0, 0), new Vec3(0, 1, 0), 53);
        try (Renderer renderer = new Renderer(1)) {
            return renderer.render(
                    TestScenes.read(builder.glb()),
                    camera,
                    RenderSettings.of(size, size, 32).withToneMapping(ToneMapping.PBR_NEUTRAL),
                    RenderProgress.NONE,
                    CancelSignal.NEVER);
        }
    }
}
