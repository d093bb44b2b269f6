package io.renderfleet.localaws.samples;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Builds one {@link Mesh} from {@link Shape}s. Normals are computed: vertices of one smoothing group at the same
 * position share the area-weighted mean of the normals of the adjacent faces. A group ends with its shape, or at a call
 * of {@link #crease()}.
 */
final class MeshBuilder {

    private static final double WELD = 1e6;
    private static final double NO_AREA = 1e-16;

    private record Vertex(Vec3 position, double u, double v, int colour) {}

    private record Spot(long x, long y, long z) {}

    private final List<Vertex> vertices = new ArrayList<>();
    private final List<Vec3> normals = new ArrayList<>();
    private final List<int[]> triangles = new ArrayList<>();
    private Affine place = Affine.IDENTITY;
    private int colour = 0xffffff;
    private boolean coloured;
    private int firstTriangleOfGroup;

    /** Sets the colour of vertices that are added later. Without a call the mesh has no vertex colours. */
    MeshBuilder colour(int srgb) {
        colour = srgb;
        coloured = true;
        return this;
    }

    MeshBuilder add(Shape shape) {
        return add(Affine.IDENTITY, shape);
    }

    MeshBuilder add(Affine where, Shape shape) {
        Affine outer = place;
        place = outer.times(where);
        shape.drawInto(this);
        crease();
        place = outer;
        return this;
    }

    /** For shapes: a vertex with texture coordinates in metres; returns its number. */
    int vertex(Vec3 position, double u, double v) {
        vertices.add(new Vertex(place.point(position), u, v, colour));
        return vertices.size() - 1;
    }

    /** For shapes: a triangle, counter-clockwise from its front. One without area is left out. */
    void triangle(int a, int b, int c) {
        if (cross(a, b, c).length() > NO_AREA) {
            triangles.add(place.mirrors() ? new int[] {a, c, b} : new int[] {a, b, c});
        }
    }

    /** For shapes: two triangles. */
    void quad(int a, int b, int c, int d) {
        triangle(a, b, c);
        triangle(a, c, d);
    }

    /** For shapes: begins a new smoothing group, which makes a sharp edge. */
    void crease() {
        Map<Spot, Vec3> sums = new HashMap<>();
        for (int[] t : triangles.subList(firstTriangleOfGroup, triangles.size())) {
            Vec3 weighted = cross(t[0], t[1], t[2]);
            for (int corner : t) {
                sums.merge(spot(corner), weighted, Vec3::plus);
            }
        }
        for (int i = normals.size(); i < vertices.size(); i++) {
            normals.add(sums.getOrDefault(spot(i), Vec3.of(0, 1, 0)).unit());
        }
        firstTriangleOfGroup = triangles.size();
    }

    Mesh build() {
        int count = vertices.size();
        float[] positions = new float[3 * count];
        float[] directions = new float[3 * count];
        float[] texCoords = new float[2 * count];
        byte[] colours = new byte[coloured ? 4 * count : 0];
        for (int i = 0; i < count; i++) {
            Vertex vertex = vertices.get(i);
            put(positions, 3 * i, vertex.position);
            put(directions, 3 * i, normals.get(i));
            texCoords[2 * i] = (float) vertex.u;
            texCoords[2 * i + 1] = (float) vertex.v;
            if (coloured) {
                putColour(colours, 4 * i, vertex.colour);
            }
        }
        int[] indices = triangles.stream().flatMapToInt(Arrays::stream).toArray();
        return new Mesh(positions, directions, texCoords, colours, indices);
    }

    private Vec3 cross(int a, int b, int c) {
        Vec3 origin = vertices.get(a).position;
        return vertices.get(b)
                .position
                .minus(origin)
                .cross(vertices.get(c).position.minus(origin));
    }

    private Spot spot(int vertex) {
        Vec3 p = vertices.get(vertex).position;
        return new Spot(Math.round(p.x() * WELD), Math.round(p.y() * WELD), Math.round(p.z() * WELD));
    }

    private static void put(float[] target, int offset, Vec3 v) {
        target[offset] = (float) v.x();
        target[offset + 1] = (float) v.y();
        target[offset + 2] = (float) v.z();
    }

    private static void putColour(byte[] target, int offset, int srgb) {
        double[] linear = Colour.linear(srgb);
        for (int channel = 0; channel < 3; channel++) {
            target[offset + channel] = (byte) Math.round(255 * linear[channel]);
        }
        target[offset + 3] = (byte) 255;
    }
}
