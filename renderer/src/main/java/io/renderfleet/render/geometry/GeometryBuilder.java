package io.renderfleet.render.geometry;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Builds a {@link Geometry} from vertices and triangles whose numbers are known in advance. Triangles without area are
 * omitted. Not thread-safe.
 */
public final class GeometryBuilder {
    float[] triangles;
    int[] corners;
    char[] materials;
    final int[] normals;
    float @Nullable [] uv0;
    float @Nullable [] uv1;
    long @Nullable [] colours;
    int @Nullable [] tangents;
    byte @Nullable [] handedness;

    private final float[] positions;
    private final int vertexCapacity;
    private int vertices;
    private int count;

    public GeometryBuilder(int vertexCapacity, int triangleCapacity) {
        this.vertexCapacity = vertexCapacity;
        positions = new float[3 * vertexCapacity];
        normals = new int[vertexCapacity];
        triangles = new float[9 * triangleCapacity];
        corners = new int[3 * triangleCapacity];
        materials = new char[triangleCapacity];
    }

    /** Adds a vertex that has a position only, and gives its number. */
    public int addVertex(double x, double y, double z) {
        positions[3 * vertices] = (float) x;
        positions[3 * vertices + 1] = (float) y;
        positions[3 * vertices + 2] = (float) z;
        normals[vertices] = UnitVectors.NONE;
        return vertices++;
    }

    public void setNormal(int vertex, double x, double y, double z) {
        normals[vertex] = UnitVectors.encode(x, y, z);
    }

    /** Sets a texture coordinate of set 0 or 1. */
    public void setTexCoord(int set, int vertex, float s, float t) {
        float[] uv = set == 0 ? uv0 : uv1;
        if (uv == null) {
            uv = new float[2 * vertexCapacity];
            if (set == 0) {
                uv0 = uv;
            } else {
                uv1 = uv;
            }
        }
        uv[2 * vertex] = s;
        uv[2 * vertex + 1] = t;
    }

    /** Sets a linear colour; channels are held to 0 to 1. */
    public void setColour(int vertex, float red, float green, float blue, float alpha) {
        if (colours == null) {
            colours = new long[vertexCapacity];
            Arrays.fill(colours, -1L);
        }
        colours[vertex] = unit16(red) | unit16(green) << 16 | unit16(blue) << 32 | unit16(alpha) << 48;
    }

    /** Sets a tangent; handedness is the sign of the bitangent. */
    public void setTangent(int vertex, double x, double y, double z, boolean rightHanded) {
        if (tangents == null || handedness == null) {
            tangents = new int[vertexCapacity];
            handedness = new byte[vertexCapacity];
            Arrays.fill(tangents, UnitVectors.NONE);
        }
        tangents[vertex] = UnitVectors.encode(x, y, z);
        handedness[vertex] = (byte) (rightHanded ? 1 : -1);
    }

    /** Adds a triangle of three vertices unless it has no area. */
    public void addTriangle(int a, int b, int c, int material) {
        if (!hasArea(positions, a, b, c)) {
            return;
        }
        int at = 9 * count;
        for (int axis = 0; axis < 3; axis++) {
            float corner = positions[3 * a + axis];
            triangles[at + axis] = corner;
            triangles[at + 3 + axis] = positions[3 * b + axis] - corner;
            triangles[at + 6 + axis] = positions[3 * c + axis] - corner;
        }
        corners[3 * count] = a;
        corners[3 * count + 1] = b;
        corners[3 * count + 2] = c;
        materials[count++] = (char) material;
    }

    public int triangleCount() {
        return count;
    }

    /** The triangles so far, in the order they were added; nine floats each. */
    public float[] triangles() {
        return triangles;
    }

    /**
     * Puts the triangles into the given order, and ends the building.
     *
     * @param order names each triangle once
     */
    public Geometry build(int[] order, BuildCheck check) {
        float[] orderedTriangles = new float[9 * count];
        int[] orderedCorners = new int[3 * count];
        char[] orderedMaterials = new char[count];
        for (int i = 0; i < count; i++) {
            check.at(i);
            System.arraycopy(triangles, 9 * order[i], orderedTriangles, 9 * i, 9);
            System.arraycopy(corners, 3 * order[i], orderedCorners, 3 * i, 3);
            orderedMaterials[i] = materials[order[i]];
        }
        triangles = orderedTriangles;
        corners = orderedCorners;
        materials = orderedMaterials;
        return new Geometry(this);
    }

    /** Whether the triangle of three positions has an area that is greater than zero in floats. */
    public static boolean hasArea(float[] positions, int a, int b, int c) {
        // Computed like the normal in the renderer, so that every triangle in the scene has a normal.
        float e1x = positions[3 * b] - positions[3 * a];
        float e1y = positions[3 * b + 1] - positions[3 * a + 1];
        float e1z = positions[3 * b + 2] - positions[3 * a + 2];
        float e2x = positions[3 * c] - positions[3 * a];
        float e2y = positions[3 * c + 1] - positions[3 * a + 1];
        float e2z = positions[3 * c + 2] - positions[3 * a + 2];
        float x = e1y * e2z - e1z * e2y;
        float y = e1z * e2x - e1x * e2z;
        float z = e1x * e2y - e1y * e2x;
        float squared = x * x + y * y + z * z;
        return squared >= Float.MIN_NORMAL && Float.isFinite(squared);
    }

    private static long unit16(float value) {
        return Math.round(Math.min(Math.max(value, 0), 1) * 65_535.0);
    }
}
