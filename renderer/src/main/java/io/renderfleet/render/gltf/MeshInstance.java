package io.renderfleet.render.gltf;

import io.renderfleet.render.InvalidSceneException;
import io.renderfleet.render.geometry.GeometryBuilder;
import io.renderfleet.render.geometry.Transform;

/** A primitive and its transform to world space. */
record MeshInstance(Primitive primitive, Transform world) {

    /** The largest coordinate in metres; products of larger ones exceed the range of floats. */
    private static final double FARTHEST = 1e9;

    /** Adds the triangles that have an area to the count and the bounds. */
    void addTo(DrawnTriangles drawn, Budget budget) {
        for (int i = 0; i < primitive.positions().count(); i++) {
            budget.poll();
            for (int axis = 0; axis < 3; axis++) {
                position(i, axis);
            }
        }
        // Nothing is allocated for the vertices, of which a file may have far more than its triangles use.
        float[] corners = new float[9];
        primitive.forEachTriangle(budget, (a, b, c) -> {
            copyPosition(a, corners, 0);
            copyPosition(b, corners, 3);
            copyPosition(c, corners, 6);
            drawn.add(corners);
        });
    }

    private void copyPosition(int i, float[] to, int at) {
        for (int axis = 0; axis < 3; axis++) {
            to[at + axis] = (float) position(i, axis);
        }
    }

    /**
     * Puts vertices and triangles into the scene.
     *
     * @param material the number of its material there
     */
    void addTo(GeometryBuilder builder, int material, Budget budget) {
        int first = 0;
        for (int i = 0; i < primitive.positions().count(); i++) {
            budget.poll();
            int vertex = builder.addVertex(position(i, 0), position(i, 1), position(i, 2));
            addAttributes(builder, vertex, i);
            first = vertex - i;
        }
        int base = first;
        if (world.mirrors()) {
            primitive.forEachTriangle(budget, (a, b, c) -> builder.addTriangle(base + a, base + c, base + b, material));
        } else {
            primitive.forEachTriangle(budget, (a, b, c) -> builder.addTriangle(base + a, base + b, base + c, material));
        }
    }

    private void addAttributes(GeometryBuilder builder, int vertex, int i) {
        AccessorData normals = primitive.normals();
        if (normals != null) {
            float x = normals.number(i, 0);
            float y = normals.number(i, 1);
            float z = normals.number(i, 2);
            builder.setNormal(vertex, world.normal(0, x, y, z), world.normal(1, x, y, z), world.normal(2, x, y, z));
        }
        AccessorData tangents = primitive.tangents();
        if (tangents != null) {
            float x = tangents.number(i, 0);
            float y = tangents.number(i, 1);
            float z = tangents.number(i, 2);
            builder.setTangent(
                    vertex,
                    world.direction(0, x, y, z),
                    world.direction(1, x, y, z),
                    world.direction(2, x, y, z),
                    tangents.number(i, 3) >= 0 != world.mirrors());
        }
        AccessorData first = primitive.texCoords0();
        if (first != null) {
            builder.setTexCoord(0, vertex, first.number(i, 0), first.number(i, 1));
        }
        AccessorData second = primitive.texCoords1();
        if (second != null) {
            builder.setTexCoord(1, vertex, second.number(i, 0), second.number(i, 1));
        }
        AccessorData colours = primitive.colours();
        if (colours != null) {
            builder.setColour(
                    vertex,
                    colours.number(i, 0),
                    colours.number(i, 1),
                    colours.number(i, 2),
                    colours.components() == 4 ? colours.number(i, 3) : 1);
        }
    }

    private double position(int i, int axis) {
        AccessorData positions = primitive.positions();
        double at = world.point(axis, positions.number(i, 0), positions.number(i, 1), positions.number(i, 2));
        if (!(Math.abs(at) <= FARTHEST)) {
            throw new InvalidSceneException(
                    "invalid-geometry", "A vertex lies more than a million kilometres from the origin; scale it down.");
        }
        return at;
    }
}
