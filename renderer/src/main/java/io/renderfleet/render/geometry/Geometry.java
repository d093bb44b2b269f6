package io.renderfleet.render.geometry;

import org.jspecify.annotations.Nullable;

/**
 * All triangles of a scene in world space, in the order of its hierarchy, and the attributes of their corners.
 * Immutable after construction. A triangle takes 50 bytes; a vertex takes 4 bytes and the size of its attributes except
 * the normal.
 */
public final class Geometry {
    private final float[] triangles;
    private final int[] corners;
    private final char[] materials;
    private final int[] normals;
    private final float @Nullable [] uv0;
    private final float @Nullable [] uv1;
    private final long @Nullable [] colours;
    private final int @Nullable [] tangents;
    private final byte @Nullable [] handedness;

    Geometry(GeometryBuilder from) {
        triangles = from.triangles;
        corners = from.corners;
        materials = from.materials;
        normals = from.normals;
        uv0 = from.uv0;
        uv1 = from.uv1;
        colours = from.colours;
        tangents = from.tangents;
        handedness = from.handedness;
    }

    public int triangleCount() {
        return materials.length;
    }

    /** Nine floats per triangle: a corner and the two edges from it. The array must not be modified. */
    public float[] triangles() {
        return triangles;
    }

    /** The number of the triangle's material. */
    public int material(int triangle) {
        return materials[triangle];
    }

    /** Writes the geometric normal, of unit length, on the side from which the corners run counter-clockwise. */
    public void geometricNormal(int triangle, float[] out) {
        int at = 9 * triangle;
        float e1x = triangles[at + 3];
        float e1y = triangles[at + 4];
        float e1z = triangles[at + 5];
        float e2x = triangles[at + 6];
        float e2y = triangles[at + 7];
        float e2z = triangles[at + 8];
        float x = e1y * e2z - e1z * e2y;
        float y = e1z * e2x - e1x * e2z;
        float z = e1x * e2y - e1y * e2x;
        float scale = 1 / (float) Math.sqrt(x * x + y * y + z * z);
        out[0] = x * scale;
        out[1] = y * scale;
        out[2] = z * scale;
    }

    public double area(int triangle) {
        int at = 9 * triangle;
        double x = (double) triangles[at + 4] * triangles[at + 8] - (double) triangles[at + 5] * triangles[at + 7];
        double y = (double) triangles[at + 5] * triangles[at + 6] - (double) triangles[at + 3] * triangles[at + 8];
        double z = (double) triangles[at + 3] * triangles[at + 7] - (double) triangles[at + 4] * triangles[at + 6];
        return Math.sqrt(x * x + y * y + z * z) / 2;
    }

    /** Writes the interpolated normal, not normalized; false when the mesh has none here. */
    public boolean shadingNormal(int triangle, float u, float v, float[] out) {
        return interpolate(normals, triangle, u, v, out);
    }

    /** Writes the interpolated tangent and, fourth, its handedness; false when the mesh has none here. */
    public boolean tangent(int triangle, float u, float v, float[] out) {
        if (tangents == null || handedness == null || !interpolate(tangents, triangle, u, v, out)) {
            return false;
        }
        out[3] = handedness[corners[3 * triangle]];
        return true;
    }

    /** One texture coordinate at a hit: set 0 or 1, axis 0 (s) or 1 (t); 0 when the mesh has none. */
    public float texCoord(int set, int axis, int triangle, float u, float v) {
        float[] uv = set == 0 ? uv0 : uv1;
        if (uv == null) {
            return 0;
        }
        float a = uv[2 * corners[3 * triangle] + axis];
        float b = uv[2 * corners[3 * triangle + 1] + axis];
        float c = uv[2 * corners[3 * triangle + 2] + axis];
        return a + u * (b - a) + v * (c - a);
    }

    /** The difference of a texture coordinate between the first corner and another (1 or 2). */
    public float texCoordEdge(int set, int axis, int triangle, int corner) {
        float[] uv = set == 0 ? uv0 : uv1;
        return uv == null ? 0 : uv[2 * corners[3 * triangle + corner] + axis] - uv[2 * corners[3 * triangle] + axis];
    }

    public boolean hasColours() {
        return colours != null;
    }

    /** One channel (0 red to 3 alpha) of the interpolated vertex colour; 1 when the mesh has none. */
    public float colour(int channel, int triangle, float u, float v) {
        if (colours == null) {
            return 1;
        }
        int shift = 16 * channel;
        float a = colours[corners[3 * triangle]] >>> shift & 0xFFFF;
        float b = colours[corners[3 * triangle + 1]] >>> shift & 0xFFFF;
        float c = colours[corners[3 * triangle + 2]] >>> shift & 0xFFFF;
        return (a + u * (b - a) + v * (c - a)) * (1 / 65_535f);
    }

    /** The memory in bytes. */
    public long sizeInBytes() {
        return 4L * triangles.length
                + 4L * corners.length
                + 2L * materials.length
                + 4L * normals.length
                + (uv0 == null ? 0 : 4L * uv0.length)
                + (uv1 == null ? 0 : 4L * uv1.length)
                + (colours == null ? 0 : 8L * colours.length)
                + (tangents == null ? 0 : 5L * tangents.length);
    }

    private boolean interpolate(int[] codes, int triangle, float u, float v, float[] out) {
        int a = codes[corners[3 * triangle]];
        int b = codes[corners[3 * triangle + 1]];
        int c = codes[corners[3 * triangle + 2]];
        if (a == UnitVectors.NONE || b == UnitVectors.NONE || c == UnitVectors.NONE) {
            return false;
        }
        out[0] = 0;
        out[1] = 0;
        out[2] = 0;
        UnitVectors.addTo(a, 1 - u - v, out, 0);
        UnitVectors.addTo(b, u, out, 0);
        UnitVectors.addTo(c, v, out, 0);
        return true;
    }
}
