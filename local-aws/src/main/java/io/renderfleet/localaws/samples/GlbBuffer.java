package io.renderfleet.localaws.samples;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * The binary half of a file: bytes in views that start at multiples of four, and the accessors that explain them (glTF
 * 2.0 §3.6). Little-endian throughout.
 */
final class GlbBuffer {

    private static final int UNSIGNED_BYTE = 5121;
    private static final int UNSIGNED_SHORT = 5123;
    private static final int UNSIGNED_INT = 5125;
    private static final int FLOAT = 5126;
    private static final int VERTICES = 34962;
    private static final int INDICES = 34963;
    private static final int MAGIC = 0x46546C67;
    private static final int JSON_CHUNK = 0x4E4F534A;
    private static final int BIN_CHUNK = 0x004E4942;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final ArrayNode views;
    private final ArrayNode accessors;

    GlbBuffer(ObjectNode gltf) {
        views = gltf.putArray("bufferViews");
        accessors = gltf.putArray("accessors");
    }

    int size() {
        return bytes.size();
    }

    /** The number of a view. */
    int png(BufferedImage image) {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        // Not ImageIO.write(…, OutputStream): that goes through a temporary file.
        try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(file)) {
            ImageIO.write(image, "png", out);
        } catch (IOException e) {
            throw new UncheckedIOException("A picture could not be written to memory", e);
        }
        view(file.toByteArray());
        return views.size() - 1;
    }

    /** The number of an accessor, as of the methods below. */
    int positions(float[] values) {
        int accessor = floats(values, 3);
        ObjectNode json = (ObjectNode) accessors.get(accessor);
        ArrayNode min = json.putArray("min");
        ArrayNode max = json.putArray("max");
        for (int axis = 0; axis < 3; axis++) {
            float low = Float.POSITIVE_INFINITY;
            float high = Float.NEGATIVE_INFINITY;
            for (int i = axis; i < values.length; i += 3) {
                low = Math.min(low, values[i]);
                high = Math.max(high, values[i]);
            }
            min.add(low);
            max.add(high);
        }
        return accessor;
    }

    int floats(float[] values, int components) {
        byte[] data = new byte[4 * values.length];
        littleEndian(data).asFloatBuffer().put(values);
        view(data).put("target", VERTICES);
        return accessor(FLOAT, values.length / components, "VEC" + components);
    }

    int colours(byte[] rgba) {
        view(rgba).put("target", VERTICES);
        int accessor = accessor(UNSIGNED_BYTE, rgba.length / 4, "VEC4");
        ((ObjectNode) accessors.get(accessor)).put("normalized", true);
        return accessor;
    }

    /** Two bytes each where the number of vertices allows. */
    int indices(int[] values, int vertexCount) {
        boolean small = vertexCount < 0xffff; // The highest value would mean a primitive restart.
        byte[] data = new byte[(small ? 2 : 4) * values.length];
        ByteBuffer out = littleEndian(data);
        for (int value : values) {
            if (small) {
                out.putShort((short) value);
            } else {
                out.putInt(value);
            }
        }
        view(data).put("target", INDICES);
        return accessor(small ? UNSIGNED_SHORT : UNSIGNED_INT, values.length, "SCALAR");
    }

    /** The file: header, JSON chunk padded with spaces, binary chunk (glTF 2.0 §4.4). */
    byte[] file(byte[] json) {
        int padding = -json.length & 3;
        byte[] file = new byte[12 + 8 + json.length + padding + 8 + bytes.size()];
        ByteBuffer out = littleEndian(file);
        out.putInt(MAGIC).putInt(2).putInt(file.length);
        out.putInt(json.length + padding).putInt(JSON_CHUNK).put(json);
        for (int i = 0; i < padding; i++) {
            out.put((byte) ' ');
        }
        out.putInt(bytes.size()).putInt(BIN_CHUNK).put(bytes.toByteArray());
        return file;
    }

    private ObjectNode view(byte[] data) {
        ObjectNode view = views.addObject()
                .put("buffer", 0)
                .put("byteOffset", bytes.size())
                .put("byteLength", data.length);
        bytes.writeBytes(data);
        bytes.writeBytes(new byte[-data.length & 3]);
        return view;
    }

    private int accessor(int componentType, int count, String type) {
        accessors
                .addObject()
                .put("bufferView", views.size() - 1)
                .put("componentType", componentType)
                .put("count", count)
                .put("type", type);
        return accessors.size() - 1;
    }

    private static ByteBuffer littleEndian(byte[] target) {
        return ByteBuffer.wrap(target).order(ByteOrder.LITTLE_ENDIAN);
    }
}
