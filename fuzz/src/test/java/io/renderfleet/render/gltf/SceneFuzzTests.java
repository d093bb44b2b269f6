package io.renderfleet.render.gltf;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.renderfleet.fuzz.TimeLimit;
import io.renderfleet.render.CancelSignal;
import io.renderfleet.render.InvalidSceneException;
import io.renderfleet.render.SceneLimits;
import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Reading a design ends with a scene or with an {@link InvalidSceneException} that says why not. */
@SuppressWarnings("InlineFormatString") // The formats are files that are easier to read on their own.
class SceneFuzzTests {
    /** As in a process with a heap of 256 MB. A limit of the fuzzer, not this one, ends an input that takes long. */
    private static final SceneLimits LIMITS =
            new SceneLimits(8L << 20, 200_000, 4_000_000, 64L << 20, 20_000, 96L << 20, Duration.ofMinutes(5));

    /** The JSON chunk of a file in which the fuzzer chooses the numbers and kinds of accessors. */
    private static final String ACCESSORS = """
            {"asset": {"version": "2.0"}, "scene": 0, "scenes": [{"nodes": [0]}], "nodes": [{"mesh": 0}],
            "meshes": [{"primitives": [{"attributes": {"POSITION": 0, "NORMAL": %d, "TEXCOORD_0": %d, "COLOR_0": %d},
            "indices": %d, "mode": %d}]}], "buffers": [{"byteLength": %d}],
            "bufferViews": [{"buffer": 0, "byteOffset": %d, "byteLength": %d, "byteStride": %d},
            {"buffer": 0, "byteOffset": %d, "byteLength": %d}], "accessors": [%s, %s, %s]}""";

    private static final String ACCESSOR = """
            {%s "byteOffset": %d, "componentType": %d, "count": %d, "type": "%s", "normalized": %b %s}""";

    private static final String SPARSE = """
            , "sparse": {"count": %d, "indices": {"bufferView": %d, "byteOffset": %d, "componentType": %d},
            "values": {"bufferView": %d, "byteOffset": %d}}""";

    /** Whole files: .glb or JSON, by their first bytes. */
    @FuzzTest
    void file(byte[] file) {
        TimeLimit.check(() -> readFile(file));
    }

    private static void readFile(byte[] file) {
        read(file);
    }

    /** The JSON chunk of a .glb file whose binary chunk is fixed. */
    @FuzzTest
    void json(byte[] json) {
        TimeLimit.check(() -> readJson(json));
    }

    private static void readJson(byte[] json) {
        read(glb(json, new byte[256]));
    }

    /** Accessors and buffer views with any numbers over any bytes. */
    @FuzzTest
    void accessors(FuzzedDataProvider data) {
        TimeLimit.check(() -> readAccessors(data));
    }

    private static void readAccessors(FuzzedDataProvider data) {
        String json = ACCESSORS.formatted(
                data.consumeInt(-1, 3),
                data.consumeInt(-1, 3),
                data.consumeInt(-1, 3),
                data.consumeInt(-1, 3),
                data.consumeInt(-1, 8),
                number(data),
                number(data),
                number(data),
                number(data),
                number(data),
                number(data),
                accessor(data),
                accessor(data),
                accessor(data));
        read(glb(json.getBytes(StandardCharsets.UTF_8), data.consumeRemainingAsBytes()));
    }

    /** An encoded image. The size that was checked is that of the pixels. */
    @FuzzTest
    void image(byte[] file) {
        TimeLimit.check(() -> readImage(file));
    }

    private static void readImage(byte[] file) {
        Budget budget = new Budget(LIMITS, file.length, CancelSignal.NEVER);
        try (ImageDecoder decoder = ImageDecoder.of(ByteBuffer.wrap(file), 0, budget)) {
            ImageDecoder.Size size = decoder.size();
            if (size.pixels() > LIMITS.maxTexturePixels()) {
                return;
            }
            BufferedImage image = decoder.decode(size);
            assertThat(PixelSamples.argb(image)).hasSize(Math.toIntExact(size.pixels()));
        } catch (InvalidSceneException e) {
            assertExplains(e);
        }
    }

    private static void read(byte[] file) {
        try {
            GltfFile read = new GltfFile(file, LIMITS, CancelSignal.NEVER);
            assertThat(read.load().geometry().triangleCount())
                    .isEqualTo(Math.toIntExact(read.summary().triangles()));
        } catch (InvalidSceneException e) {
            assertExplains(e);
        }
    }

    private static void assertExplains(InvalidSceneException e) {
        assertThat(e.code()).matches("[a-z]+(-[a-z]+)*");
        assertThat(e.getMessage()).isNotBlank().hasSizeLessThan(2000);
    }

    private static String accessor(FuzzedDataProvider data) {
        String view = data.consumeBoolean() ? "\"bufferView\": " + data.consumeInt(-1, 2) + "," : "";
        String sparse = data.consumeBoolean()
                ? SPARSE.formatted(
                        number(data),
                        data.consumeInt(-1, 2),
                        number(data),
                        componentType(data),
                        data.consumeInt(-1, 2),
                        number(data))
                : "";
        return ACCESSOR.formatted(
                view,
                number(data),
                componentType(data),
                number(data),
                data.pickValue(new String[] {"SCALAR", "VEC2", "VEC3", "VEC4", "MAT4", "?"}),
                data.consumeBoolean(),
                sparse);
    }

    private static int componentType(FuzzedDataProvider data) {
        return data.consumeInt(5119, 5127);
    }

    /** Mostly small, because almost all large numbers are refused at once. */
    private static int number(FuzzedDataProvider data) {
        return data.consumeBoolean() ? data.consumeInt(-1, 64) : data.consumeInt();
    }

    static byte[] glb(byte[] json, byte[] binary) {
        ByteBuffer bytes = ByteBuffer.allocate(28 + json.length + binary.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(0x46546C67).putInt(2).putInt(bytes.capacity());
        bytes.putInt(json.length).putInt(0x4E4F534A).put(json);
        bytes.putInt(binary.length).putInt(0x004E4942).put(binary);
        return bytes.array();
    }
}
