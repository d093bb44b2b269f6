package io.renderfleet.browser;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;

/** A design of glowing red blocks that looks different from each side. */
final class RedBlocks {
    private static final float[][] BLOCKS = {
        {-1, 0, -0.5f, 1, 0.5f, 0.5f}, {-1, 0.5f, -0.5f, -0.4f, 2, 0.1f}, {0.6f, 0.5f, 0.1f, 1, 0.9f, 1.2f}
    };

    private static final int[] CORNERS = {
        0, 1, 3, 0, 3, 2, 5, 4, 6, 5, 6, 7, 4, 0, 2, 4, 2, 6, 1, 5, 7, 1, 7, 3, 2, 3, 7, 2, 7, 6, 4, 5, 1, 4, 1, 0
    };

    private RedBlocks() {}

    /** A glTF 2.0 file with its buffer in it. */
    static String gltf() {
        int triangles = BLOCKS.length * CORNERS.length;
        ByteBuffer positions = ByteBuffer.allocate(triangles * 12).order(ByteOrder.LITTLE_ENDIAN);
        for (float[] block : BLOCKS) {
            for (int corner : CORNERS) {
                for (int axis = 0; axis < 3; axis++) {
                    positions.putFloat(block[axis + (corner >> axis & 1) * 3]);
                }
            }
        }
        return """
                {"asset":{"version":"2.0"},"scene":0,"scenes":[{"nodes":[0]}],"nodes":[{"mesh":0}],
                 "materials":[{"emissiveFactor":[1,0,0],"doubleSided":true,
                   "pbrMetallicRoughness":{"baseColorFactor":[0,0,0,1],"metallicFactor":0,"roughnessFactor":1}}],
                 "meshes":[{"primitives":[{"attributes":{"POSITION":0},"material":0}]}],
                 "accessors":[{"bufferView":0,"componentType":5126,"count":%1$d,"type":"VEC3",
                   "min":[-1,0,-0.5],"max":[1,2,1.2]}],
                 "bufferViews":[{"buffer":0,"byteLength":%2$d}],
                 "buffers":[{"byteLength":%2$d,"uri":"data:application/octet-stream;base64,%3$s"}]}""".formatted(
                        triangles, positions.capacity(), Base64.getEncoder().encodeToString(positions.array()));
    }
}
