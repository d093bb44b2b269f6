package io.renderfleet.render.gltf;

import de.javagl.jgltf.model.GltfConstants;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The elements of an accessor, read directly from the file's bytes. The constructor's caller has checked the bounds.
 *
 * @param bytes little-endian; null for zeros
 * @param offset of the first element
 * @param stride bytes from one element to the next
 * @param count elements
 * @param components of one element
 * @param componentType a GL constant
 * @param normalized whether integers stand for 0 to 1 or -1 to 1
 */
record AccessorData(
        @Nullable ByteBuffer bytes,
        int offset,
        int stride,
        int count,
        int components,
        int componentType,
        boolean normalized) {

    /** A component as a number; normalized integers become fractions as section 3.11 of glTF 2.0 has it. */
    float number(int element, int component) {
        if (bytes == null) {
            return 0;
        }
        int at = offset + element * stride + component * componentBytes(componentType);
        return switch (componentType) {
            case GltfConstants.GL_FLOAT -> bytes.getFloat(at);
            case GltfConstants.GL_UNSIGNED_BYTE -> normalized ? (bytes.get(at) & 0xFF) / 255f : bytes.get(at) & 0xFF;
            case GltfConstants.GL_BYTE -> normalized ? Math.max(bytes.get(at) / 127f, -1) : bytes.get(at);
            case GltfConstants.GL_UNSIGNED_SHORT ->
                normalized ? (bytes.getShort(at) & 0xFFFF) / 65_535f : bytes.getShort(at) & 0xFFFF;
            case GltfConstants.GL_SHORT -> normalized ? Math.max(bytes.getShort(at) / 32_767f, -1) : bytes.getShort(at);
            default -> Integer.toUnsignedLong(bytes.getInt(at));
        };
    }

    /** An unsigned integer, of a scalar accessor. */
    long index(int element) {
        if (bytes == null) {
            return 0;
        }
        int at = offset + element * stride;
        return switch (componentType) {
            case GltfConstants.GL_UNSIGNED_BYTE -> bytes.get(at) & 0xFF;
            case GltfConstants.GL_UNSIGNED_SHORT -> bytes.getShort(at) & 0xFFFF;
            default -> Integer.toUnsignedLong(bytes.getInt(at));
        };
    }

    /** The bytes of one component, or 0 for a type that glTF does not have. */
    static int componentBytes(int componentType) {
        return switch (componentType) {
            case GltfConstants.GL_BYTE, GltfConstants.GL_UNSIGNED_BYTE -> 1;
            case GltfConstants.GL_SHORT, GltfConstants.GL_UNSIGNED_SHORT -> 2;
            case GltfConstants.GL_UNSIGNED_INT, GltfConstants.GL_FLOAT -> 4;
            default -> 0;
        };
    }
}
