package io.renderfleet.render.bvh;

import java.util.Arrays;

/** Sixteen bins along each axis, and the split plane between two bins with the lowest cost. */
final class Bins {
    private static final int COUNT = 16;

    /** The box of the range's doubled centroids, filled in by the caller. */
    final float[] centroidBounds = new float[6];
    /** The surface area heuristic's cost of the chosen split, times the parent's half area. */
    float bestCost;

    private final int[] counts = new int[3 * COUNT];
    private final float[] boxes = new float[3 * COUNT * 6];
    private final float[] scale = new float[3];
    private final float[] sweep = new float[6];
    private final float[] rightCost = new float[COUNT];
    private int bestAxis;
    private int bestBin;

    /** Sorts a range into bins; false if all centroids are equal, so that no plane can split the range. */
    boolean fill(TriangleBoxes triangles, int from, int to) {
        boolean spread = false;
        for (int axis = 0; axis < 3; axis++) {
            float extent = centroidBounds[axis + 3] - centroidBounds[axis];
            float perUnit = COUNT * 0.9999f / extent;
            scale[axis] = extent > 0 && Float.isFinite(perUnit) ? perUnit : 0;
            spread |= scale[axis] > 0;
        }
        if (!spread) {
            return false;
        }
        Arrays.fill(counts, 0);
        for (int i = 0; i < 3 * COUNT; i++) {
            clear(boxes, 6 * i);
        }
        float[] source = triangles.boxes;
        for (int i = from; i < to; i++) {
            triangles.check().at(i);
            for (int axis = 0; axis < 3; axis++) {
                int bin = axis * COUNT + bin(source, i, axis);
                counts[bin]++;
                extend(boxes, 6 * bin, source, 6 * i);
            }
        }
        return true;
    }

    void findSplit() {
        bestCost = Float.POSITIVE_INFINITY;
        for (int axis = 0; axis < 3; axis++) {
            if (scale[axis] > 0) {
                findSplit(axis);
            }
        }
    }

    private void findSplit(int axis) {
        int base = axis * COUNT;
        clear(sweep, 0);
        int count = 0;
        for (int i = COUNT - 1; i > 0; i--) {
            count += counts[base + i];
            extend(sweep, 0, boxes, 6 * (base + i));
            rightCost[i] = count == 0 ? Float.POSITIVE_INFINITY : count * halfArea(sweep, 0);
        }
        clear(sweep, 0);
        count = 0;
        for (int i = 0; i < COUNT - 1; i++) {
            count += counts[base + i];
            extend(sweep, 0, boxes, 6 * (base + i));
            float cost = count == 0 ? Float.POSITIVE_INFINITY : count * halfArea(sweep, 0) + rightCost[i + 1];
            if (cost < bestCost) {
                bestCost = cost;
                bestAxis = axis;
                bestBin = i;
            }
        }
    }

    boolean isLeft(float[] source, int triangle) {
        return bin(source, triangle, bestAxis) <= bestBin;
    }

    private int bin(float[] source, int triangle, int axis) {
        float centroid = source[6 * triangle + axis] + source[6 * triangle + 3 + axis];
        return Math.min(COUNT - 1, (int) ((centroid - centroidBounds[axis]) * scale[axis]));
    }

    static float halfArea(float[] box, int at) {
        float x = box[at + 3] - box[at];
        float y = box[at + 4] - box[at + 1];
        float z = box[at + 5] - box[at + 2];
        return x * y + y * z + z * x;
    }

    private static void clear(float[] box, int at) {
        for (int k = 0; k < 3; k++) {
            box[at + k] = Float.POSITIVE_INFINITY;
            box[at + 3 + k] = Float.NEGATIVE_INFINITY;
        }
    }

    private static void extend(float[] box, int at, float[] by, int byAt) {
        for (int k = 0; k < 3; k++) {
            box[at + k] = Math.min(box[at + k], by[byAt + k]);
            box[at + 3 + k] = Math.max(box[at + 3 + k], by[byAt + 3 + k]);
        }
    }
}
