package io.renderfleet.render;

import static io.renderfleet.render.TestScenes.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Every way in which a file can be unfit has a code and a text, and is found by the upload check already. */
class BadSceneTests {

    private static final Duration A_MINUTE = Duration.ofMinutes(1);

    @Test
    void refusesFilesThatAreNotGltf() {
        refused("not-gltf", "neither", "plain text".getBytes(StandardCharsets.UTF_8));
        refused("not-gltf", "neither", new byte[0]);
        refused("not-gltf", "neither", new byte[] {(byte) 0x89, 'P', 'N', 'G'});
    }

    @Test
    void refusesAFileCutShort() {
        byte[] whole = quad().glb();
        refused("truncated", "ends before", Arrays.copyOf(whole, whole.length - 1));
        refused("truncated", "ends before", Arrays.copyOf(whole, 8));
    }

    @Test
    void refusesOtherVersions() {
        byte[] whole = quad().glb();
        ByteBuffer.wrap(whole).order(java.nio.ByteOrder.LITTLE_ENDIAN).putInt(4, 1);
        refused("unsupported-version", "version 1", whole);
        refused(
                "unsupported-version",
                "1.0",
                bent(json -> json.withObject("/asset").put("version", "1.0")));
        refused("unsupported-version", "asset.version", bent(json -> json.remove("asset")));
        refused(
                "unsupported-version",
                "1.1",
                "{\"asset\":{\"version\":\"1.1\"},\"nodes\":{\"a\":{}}}".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void refusesMalformedJson() {
        refused("malformed-json", "JSON", "{\"asset\":{\"version\":\"2.0\"},".getBytes(StandardCharsets.UTF_8));
        refused("malformed-json", "JSON", "{nonsense}".getBytes(StandardCharsets.UTF_8));
        refused("malformed-json", "JSON", "{ UTF-32 {".getBytes(Charset.forName("UTF-32LE")));
        refused("malformed-json", "JSON", new byte[] {'{', 0, 0, 0, 1, 2, 3, 127});
        refused("malformed-json", "accessors", bent(json -> json.put("accessors", "many")));
        refused("malformed-json", "count", bent(json -> accessor(json, 0).put("count", "lots")));
        String deep = "{\"asset\":{\"version\":\"2.0\"},\"extras\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}";
        refused("json-too-large", "nested", deep.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void refusesCyclicNodes() {
        refused("cyclic-nodes", "ancestor", bent(json -> {
            ArrayNode nodes = json.withArrayProperty("nodes");
            nodes.addObject().withArrayProperty("children").add(2);
            nodes.addObject().withArrayProperty("children").add(1);
        }));
        refused("cyclic-nodes", "ancestor", bent(json -> {
            ArrayNode nodes = json.withArrayProperty("nodes");
            ((ObjectNode) nodes.get(0)).withArrayProperty("children").add(0);
        }));
    }

    @Test
    void refusesNodesWithTwoParents() {
        refused("node-with-two-parents", "tree", bent(json -> {
            ArrayNode nodes = json.withArrayProperty("nodes");
            nodes.addObject();
            nodes.addObject().withArrayProperty("children").add(1);
            nodes.addObject().withArrayProperty("children").add(1);
        }));
    }

    @Test
    void refusesAccessorsBeyondTheirBuffer() {
        refused(
                "accessor-out-of-bounds",
                "beyond",
                bent(json -> accessor(json, 0).put("count", 5)));
        refused(
                "accessor-out-of-bounds",
                "beyond",
                bent(json -> accessor(json, 0).put("count", Integer.MAX_VALUE)));
        refused(
                "accessor-out-of-bounds",
                "beyond",
                bent(json -> accessor(json, 0).put("byteOffset", 4)));
        refused(
                "buffer-view-out-of-bounds",
                "Buffer view 0",
                bent(json -> ((ObjectNode) json.at("/bufferViews/0")).put("byteLength", 1 << 30)));
        refused(
                "truncated",
                "Buffer 0",
                bent(json -> json.withArrayProperty("buffers").addObject().put("byteLength", 1 << 30)));
    }

    @Test
    void refusesIndicesBeyondTheVertices() {
        GltfBuilder builder = new GltfBuilder();
        int positions = builder.floats("VEC3", 0, 0, 0, 1, 0, 0, 0, 1, 0);
        int indices = builder.indices(0, 1, 3);
        builder.mesh("{\"attributes\":{\"POSITION\":%d},\"indices\":%d}".formatted(positions, indices));
        builder.node("{\"mesh\":0}");
        refused("index-out-of-bounds", "vertex 3", builder.glb());
    }

    @Test
    void refusesReferencesToNothing() {
        refused("missing-reference", "mesh 9", bent(json -> ((ObjectNode) json.at("/nodes/0")).put("mesh", 9)));
        refused("missing-reference", "scene 4", bent(json -> json.put("scene", 4)));
        refused(
                "missing-reference",
                "material",
                bent(json -> ((ObjectNode) json.at("/meshes/0/primitives/0")).put("material", 7)));
    }

    @Test
    void refusesWrongAccessorTypes() {
        refused("invalid-accessor", "VEC3", bent(json -> accessor(json, 0).put("type", "VEC2")));
        refused("invalid-accessor", "unsigned", bent(json -> accessor(json, 2).put("componentType", 5122)));
    }

    @Test
    void refusesPositionsThatAreNotNumbers() {
        for (float value : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
            GltfBuilder builder = new GltfBuilder();
            builder.floats("VEC3", 0, 0, 0, 1, 0, 0, 0, value, 0);
            builder.mesh("{\"attributes\":{\"POSITION\":0}}");
            builder.node("{\"mesh\":0}");
            refused("invalid-geometry", "vertex 2", builder.glb());
        }
    }

    @Test
    void refusesTransformsThatLeaveTheWorld() {
        refused(
                "invalid-geometry",
                "scale it down",
                bent(json -> ((ObjectNode) json.at("/nodes/0"))
                        .withArrayProperty("scale")
                        .add(1e20)
                        .add(1)
                        .add(1)));
        refused(
                "invalid-transform",
                "finite",
                bent(json -> ((ObjectNode) json.at("/nodes/0"))
                        .withArrayProperty("translation")
                        .add(1e300)
                        .add(0)
                        .add(0)));
    }

    @Test
    void refusesSingularTransformsThatLeaveNothing() {
        refused(
                "no-triangles",
                "area",
                bent(json -> ((ObjectNode) json.at("/nodes/0"))
                        .withArrayProperty("scale")
                        .add(0)
                        .add(0)
                        .add(0)));
    }

    @Test
    void refusesScenesWithoutTriangles() {
        refused("no-triangles", "no triangle", bent(json -> ((ObjectNode) json.at("/scenes/0")).remove("nodes")));
        refused(
                "no-triangles",
                "no triangle",
                bent(json -> ((ObjectNode) json.at("/meshes/0/primitives/0")).put("mode", 1)));
    }

    @Test
    void refusesHugePictures() {
        refused("texture-too-large", "100000 x 100000", textured(png(100_000, 100_000)));
    }

    @Test
    void refusesImagesItCannotRead() {
        refused("unsupported-image", "neither", textured("GIF89a...".getBytes(StandardCharsets.UTF_8)));
        refused("corrupt-image", "header", textured(new byte[] {(byte) 0xFF, (byte) 0xD8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
        }));
        byte[] headerOnly = textured(png(4, 4));
        assertThat(TestScenes.inspect(headerOnly).textures()).isEqualTo(1);
        assertThatExceptionOfType(InvalidSceneException.class)
                .isThrownBy(() -> TestScenes.read(headerOnly))
                .satisfies(e -> assertThat(e.code()).isEqualTo("corrupt-image"));
    }

    @Test
    void neverFollowsAnAddressOutOfTheFile() {
        refused(
                "external-uri",
                "secret.bin",
                bent(json -> json.withArrayProperty("buffers")
                        .addObject()
                        .put("byteLength", 4)
                        .put("uri", "../secret.bin")));
        refused(
                "external-uri",
                "http",
                bent(json -> json.withArrayProperty("images").addObject().put("uri", "http://127.0.0.1/x.png")));
    }

    @Test
    void refusesRequiredExtensionsItLacks() {
        refused(
                "required-extension",
                "KHR_draco_mesh_compression",
                bent(json -> json.withArrayProperty("extensionsRequired").add("KHR_draco_mesh_compression")));
    }

    @Test
    void refusesDesignsOverTheLimits() {
        byte[] file = quad().glb();
        overLimit(new SceneLimits(100, 10, 10, 10_000, 10, Long.MAX_VALUE, A_MINUTE), "file-too-large", file);
        overLimit(new SceneLimits(10_000, 1, 10, 10_000, 10, Long.MAX_VALUE, A_MINUTE), "too-many-triangles", file);
        overLimit(new SceneLimits(10_000, 10, 10, 100, 10, Long.MAX_VALUE, A_MINUTE), "design-too-large", file);
        overLimit(
                new SceneLimits(10_000, 10, 10, 10_000, 1, Long.MAX_VALUE, A_MINUTE),
                "too-many-nodes",
                bent(json -> json.withArrayProperty("nodes").addObject()));
    }

    @Test
    void refusesAccessorsOfZerosWithoutEnd() {
        refused("too-many-triangles", "triangles", bent(json -> {
            accessor(json, 0).remove("bufferView");
            accessor(json, 0).put("count", Integer.MAX_VALUE);
            ((ObjectNode) json.at("/meshes/0/primitives/0")).remove("indices");
            ((ObjectNode) json.at("/meshes/0/primitives/0/attributes")).remove("TEXCOORD_0");
        }));
    }

    @Test
    void countsEveryInstanceAgainstTheLimit() {
        GltfBuilder builder = new GltfBuilder();
        builder.sphere(0, 0, 0, 1, 128, builder.matte(1, 1, 1));
        for (int i = 0; i < 1_000; i++) {
            builder.node("{\"mesh\":0}");
        }
        refused("too-many-triangles", "instance", builder.glb());
    }

    @Test
    void climbsDeepTreesWithoutRecursion() {
        GltfBuilder builder = quad();
        ArrayNode nodes = builder.json().withArrayProperty("nodes");
        for (int i = 1; i < 50_000; i++) {
            ObjectNode node = nodes.addObject();
            if (i + 1 < 50_000) {
                node.withArrayProperty("children").add(i + 1);
            }
        }
        ((ArrayNode) builder.json().at("/scenes/0/nodes")).add(1);
        assertThat(TestScenes.inspect(builder.glb()).nodes()).isEqualTo(50_000);
    }

    @Property(tries = 400)
    void meetsDamagedFilesWithNothingButARefusal(@ForAll long seed) {
        Random random = new Random(seed);
        byte[] file = SOUND.clone();
        for (int i = random.nextInt(6); i >= 0; i--) {
            file[random.nextInt(file.length)] = (byte) random.nextInt(256);
        }
        try {
            assertThat(TestScenes.read(file).summary().triangles()).isPositive();
        } catch (InvalidSceneException e) {
            assertThat(e.code()).matches("[a-z-]+");
            assertThat(e.getMessage()).isNotBlank();
        }
    }

    private static final byte[] SOUND = textured(SceneFeaturesTests.pngOf(2, 2, 0xFFFF0000));

    private static void refused(String code, String text, byte[] file) {
        assertThatExceptionOfType(InvalidSceneException.class)
                .isThrownBy(() -> TestScenes.inspect(file))
                .withMessageContaining(text)
                .satisfies(e -> assertThat(e.code()).isEqualTo(code));
    }

    private static void overLimit(SceneLimits limits, String code, byte[] file) {
        assertThatExceptionOfType(InvalidSceneException.class)
                .isThrownBy(() -> TestScenes.withFile(file, new SceneReader(limits)::inspect))
                .satisfies(e -> assertThat(e.code()).isEqualTo(code));
    }

    private static GltfBuilder quad() {
        return new GltfBuilder().quad(at(0, 0, 0), at(1, 0, 0), at(0, 1, 0), -1);
    }

    private interface Bend {
        void bend(ObjectNode json);
    }

    private static byte[] bent(Bend bend) {
        GltfBuilder builder = quad();
        bend.bend(builder.json());
        return builder.glb();
    }

    private static ObjectNode accessor(ObjectNode json, int index) {
        return (ObjectNode) json.at("/accessors/" + index);
    }

    private static byte[] textured(byte[] image) {
        GltfBuilder builder = new GltfBuilder();
        builder.add("images", "{\"mimeType\":\"image/png\",\"bufferView\":" + builder.view(image) + "}");
        builder.add("textures", "{\"source\":0}");
        int material = builder.material("{\"pbrMetallicRoughness\":{\"baseColorTexture\":{\"index\":0}}}");
        return builder.quad(at(0, 0, 0), at(1, 0, 0), at(0, 1, 0), material).glb();
    }

    /** The first bytes of a PNG of a size, and nothing after them. */
    private static byte[] png(int width, int height) {
        return ByteBuffer.allocate(33)
                .putLong(0x89504E470D0A1A0AL)
                .putInt(13)
                .putInt(0x49484452)
                .putInt(width)
                .putInt(height)
                .put((byte) 8)
                .put((byte) 2)
                .array();
    }
}
