package io.renderfleet.render.bvh;

import java.util.Arrays;

/** Inner nodes as they are made: a growing pair of arrays. */
final class NodeList {
    private float[] bounds;
    private int[] children;
    private int size;

    NodeList(int capacity) {
        bounds = new float[Bvh.BOUNDS_PER_NODE * Math.max(capacity, 1)];
        children = new int[2 * Math.max(capacity, 1)];
    }

    int add() {
        if (2 * size == children.length) {
            grow(size + (size >> 1) + 16);
        }
        return size++;
    }

    /** Sets one child: which is 0 for left, 1 for right; box is min x, y, z, max x, y, z. */
    void setChild(int node, int which, int child, float[] box) {
        children[2 * node + which] = child;
        System.arraycopy(box, 0, bounds, Bvh.BOUNDS_PER_NODE * node + 6 * which, 6);
    }

    /** Appends another list's nodes and returns where its child number {@code root} went. */
    int append(NodeList other, int root) {
        int offset = size;
        if (2 * (size + other.size) > children.length) {
            grow(size + other.size);
        }
        System.arraycopy(other.bounds, 0, bounds, Bvh.BOUNDS_PER_NODE * offset, Bvh.BOUNDS_PER_NODE * other.size);
        for (int i = 0; i < 2 * other.size; i++) {
            children[2 * offset + i] = moved(other.children[i], offset);
        }
        size += other.size;
        return moved(root, offset);
    }

    BvhLayout layout(int root, int[] order) {
        return new BvhLayout(
                Arrays.copyOf(bounds, Bvh.BOUNDS_PER_NODE * size), Arrays.copyOf(children, 2 * size), root, order);
    }

    private static int moved(int child, int offset) {
        return child < 0 ? child : child + offset;
    }

    private void grow(int capacity) {
        bounds = Arrays.copyOf(bounds, Bvh.BOUNDS_PER_NODE * capacity);
        children = Arrays.copyOf(children, 2 * capacity);
    }
}
