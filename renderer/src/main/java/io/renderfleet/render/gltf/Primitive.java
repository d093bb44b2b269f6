package io.renderfleet.render.gltf;

import de.javagl.jgltf.impl.v2.MeshPrimitive;
import de.javagl.jgltf.model.GltfConstants;
import io.renderfleet.render.InvalidSceneException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A part of a mesh whose vertices and indices have been checked.
 *
 * @param mode TRIANGLES, TRIANGLE_STRIP or TRIANGLE_FAN
 * @param material the file's number of its material, or -1
 */
record Primitive(
        int mode,
        int material,
        AccessorData positions,
        @Nullable AccessorData indices,
        @Nullable AccessorData normals,
        @Nullable AccessorData tangents,
        @Nullable AccessorData texCoords0,
        @Nullable AccessorData texCoords1,
        @Nullable AccessorData colours) {

    /** Receives a triangle as the indexes of its corners. */
    interface Triangles {
        void accept(int a, int b, int c);
    }

    /** Validates a primitive of the file; null if it draws points, lines or nothing. */
    static @Nullable Primitive of(MeshPrimitive source, Accessors accessors, String where, Budget budget) {
        int mode = source.getMode() == null ? GltfConstants.GL_TRIANGLES : source.getMode();
        if (mode < GltfConstants.GL_TRIANGLES) {
            return null;
        }
        if (mode > GltfConstants.GL_TRIANGLE_FAN) {
            throw new InvalidSceneException(
                    "invalid-mode", where + " has mode " + mode + ", which glTF does not have.");
        }
        Map<String, Integer> attributes = source.getAttributes();
        if (attributes == null || attributes.get("POSITION") == null) {
            return null;
        }
        int positionsIndex = attributes.get("POSITION");
        Integer indicesIndex = source.getIndices();
        // Checks the limit before the accessors are read.
        int corners = accessors.declaredCount(indicesIndex == null ? positionsIndex : indicesIndex);
        if (triangleCount(mode, corners) > budget.limits().maxTriangles()) {
            budget.takeTriangles(triangleCount(mode, corners));
        }
        AccessorData positions = accessors.open(positionsIndex);
        if (positions.components() != 3) {
            throw new InvalidSceneException("invalid-accessor", where + " has positions that are not VEC3.");
        }
        AccessorData indices = indicesIndex == null ? null : accessors.open(indicesIndex);
        Primitive primitive = new Primitive(
                mode,
                source.getMaterial() == null ? -1 : source.getMaterial(),
                positions,
                indices,
                attribute(attributes, "NORMAL", 3, 3, positions, accessors, where),
                attribute(attributes, "TANGENT", 4, 4, positions, accessors, where),
                attribute(attributes, "TEXCOORD_0", 2, 2, positions, accessors, where),
                attribute(attributes, "TEXCOORD_1", 2, 2, positions, accessors, where),
                attribute(attributes, "COLOR_0", 3, 4, positions, accessors, where));
        if (indices != null) {
            requireUnsigned(indices, where);
        }
        if (primitive.triangleCount() == 0) {
            return null;
        }
        // Checks the limit before the vertices are read.
        long vertexBytes = primitive.attributes().vertexBytes() * positions.count();
        if (vertexBytes > budget.limits().maxDecodedBytes()) {
            budget.takeBytes(vertexBytes);
        }
        if (indices != null && indicesIndex != null) {
            long largest = accessors.largestIndex(indicesIndex, indices);
            if (largest >= positions.count()) {
                throw new InvalidSceneException(
                        "index-out-of-bounds",
                        where + " refers to vertex " + largest + " but has " + positions.count() + " vertices.");
            }
        }
        accessors.requireFinite(positionsIndex, positions, where);
        return primitive;
    }

    private static @Nullable AccessorData attribute(
            Map<String, Integer> attributes,
            String name,
            int leastComponents,
            int mostComponents,
            AccessorData positions,
            Accessors accessors,
            String where) {
        Integer index = attributes.get(name);
        if (index == null) {
            return null;
        }
        AccessorData data = accessors.open(index);
        if (data.components() < leastComponents || data.components() > mostComponents) {
            throw new InvalidSceneException(
                    "invalid-accessor", where + " has a " + name + " with the wrong number of components.");
        }
        if (data.count() < positions.count()) {
            throw new InvalidSceneException(
                    "accessor-out-of-bounds",
                    where + " has " + positions.count() + " positions but only " + data.count() + " of " + name + ".");
        }
        return data;
    }

    private static void requireUnsigned(AccessorData indices, String where) {
        int type = indices.componentType();
        boolean unsigned = type == GltfConstants.GL_UNSIGNED_BYTE
                || type == GltfConstants.GL_UNSIGNED_SHORT
                || type == GltfConstants.GL_UNSIGNED_INT;
        if (indices.components() != 1 || !unsigned) {
            throw new InvalidSceneException("invalid-accessor", where + " has indices that are not unsigned integers.");
        }
    }

    private int cornerCount() {
        return indices == null ? positions.count() : indices.count();
    }

    int triangleCount() {
        return triangleCount(mode, cornerCount());
    }

    private static int triangleCount(int mode, int corners) {
        return mode == GltfConstants.GL_TRIANGLES ? corners / 3 : Math.max(corners - 2, 0);
    }

    /** The attributes that take memory for every vertex of a scene as soon as one primitive has them. */
    VertexAttributes attributes() {
        return new VertexAttributes(texCoords0 != null, texCoords1 != null, colours != null, tangents != null);
    }

    /** Passes each triangle, with its corners counter-clockwise as seen from its front. */
    void forEachTriangle(Budget budget, Triangles triangles) {
        int count = triangleCount();
        for (int i = 0; i < count; i++) {
            budget.poll();
            switch (mode) {
                case GltfConstants.GL_TRIANGLES ->
                    triangles.accept(corner(3 * i), corner(3 * i + 1), corner(3 * i + 2));
                case GltfConstants.GL_TRIANGLE_STRIP ->
                    triangles.accept(corner(i), corner(i + 1 + (i & 1)), corner(i + 2 - (i & 1)));
                default -> triangles.accept(corner(i + 1), corner(i + 2), corner(0));
            }
        }
    }

    private int corner(int i) {
        return indices == null ? i : (int) indices.index(i);
    }
}
