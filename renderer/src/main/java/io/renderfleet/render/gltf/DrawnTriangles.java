package io.renderfleet.render.gltf;

import io.renderfleet.render.Bounds;
import io.renderfleet.render.InvalidSceneException;
import io.renderfleet.render.Vec3;
import io.renderfleet.render.geometry.GeometryBuilder;

/** The number of drawn triangles and their bounding box. Not thread-safe. */
final class DrawnTriangles {
    private final float[] min = {Float.POSITIVE_INFINITY, Float.POSITIVE_INFINITY, Float.POSITIVE_INFINITY};
    private final float[] max = {Float.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY};
    private long triangles;

    /** Adds a triangle of three positions, one after another. */
    void add(float[] corners) {
        if (!GeometryBuilder.hasArea(corners, 0, 1, 2)) {
            return;
        }
        triangles++;
        for (int axis = 0; axis < 3; axis++) {
            float first = corners[axis];
            float second = corners[3 + axis];
            float third = corners[6 + axis];
            min[axis] = Math.min(min[axis], Math.min(first, Math.min(second, third)));
            max[axis] = Math.max(max[axis], Math.max(first, Math.max(second, third)));
        }
    }

    long triangles() {
        return triangles;
    }

    Bounds bounds() {
        if (triangles == 0) {
            throw new InvalidSceneException(
                    "no-triangles", "The design draws nothing: its scene has no triangle with an area.");
        }
        return new Bounds(new Vec3(min[0], min[1], min[2]), new Vec3(max[0], max[1], max[2]));
    }
}
