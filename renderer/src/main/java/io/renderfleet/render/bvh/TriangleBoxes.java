package io.renderfleet.render.bvh;

import io.renderfleet.render.geometry.BuildCheck;

/** The boxes of all triangles and their order; both are moved together while the hierarchy is built. */
final class TriangleBoxes {
    /** Per triangle: min x, y, z, max x, y, z. */
    final float[] boxes;

    private final int[] order;
    private final BuildCheck check;

    TriangleBoxes(float[] triangles, int count, BuildCheck check) {
        this.check = check;
        boxes = new float[6 * count];
        order = new int[count];
        for (int i = 0; i < count; i++) {
            check.at(i);
            order[i] = i;
            for (int axis = 0; axis < 3; axis++) {
                float corner = triangles[9 * i + axis];
                float second = corner + triangles[9 * i + 3 + axis];
                float third = corner + triangles[9 * i + 6 + axis];
                boxes[6 * i + axis] = Math.min(corner, Math.min(second, third));
                boxes[6 * i + 3 + axis] = Math.max(corner, Math.max(second, third));
            }
        }
    }

    BuildCheck check() {
        return check;
    }

    int[] order() {
        return order;
    }

    /** Fills in the box of a range, and the box of its doubled centroids. */
    void bounds(int from, int to, float[] box, float[] centroids) {
        for (int axis = 0; axis < 3; axis++) {
            box[axis] = Float.POSITIVE_INFINITY;
            box[axis + 3] = Float.NEGATIVE_INFINITY;
            centroids[axis] = Float.POSITIVE_INFINITY;
            centroids[axis + 3] = Float.NEGATIVE_INFINITY;
        }
        for (int i = from; i < to; i++) {
            check.at(i);
            for (int axis = 0; axis < 3; axis++) {
                float low = boxes[6 * i + axis];
                float high = boxes[6 * i + 3 + axis];
                float centroid = low + high;
                box[axis] = Math.min(box[axis], low);
                box[axis + 3] = Math.max(box[axis + 3], high);
                centroids[axis] = Math.min(centroids[axis], centroid);
                centroids[axis + 3] = Math.max(centroids[axis + 3], centroid);
            }
        }
    }

    /** Moves what lies in the bins left of the chosen split to the front; both sides come out non-empty. */
    int partition(int from, int to, Bins bins) {
        int left = from;
        int right = to - 1;
        for (int step = from; step < to; step++) {
            check.at(step);
            if (bins.isLeft(boxes, left)) {
                left++;
            } else {
                swap(left, right--);
            }
        }
        return left;
    }

    private void swap(int a, int b) {
        int index = order[a];
        order[a] = order[b];
        order[b] = index;
        for (int k = 0; k < 6; k++) {
            float value = boxes[6 * a + k];
            boxes[6 * a + k] = boxes[6 * b + k];
            boxes[6 * b + k] = value;
        }
    }
}
