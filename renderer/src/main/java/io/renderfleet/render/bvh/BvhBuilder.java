package io.renderfleet.render.bvh;

import io.renderfleet.render.geometry.BuildCheck;
import java.util.concurrent.RecursiveTask;

/**
 * Builds a hierarchy by the surface area heuristic over sixteen bins an axis (Wald, "On fast Construction of SAH-based
 * Bounding Volume Hierarchies", 2007). Large subtrees are built concurrently; the result does not depend on the number
 * of threads.
 */
public final class BvhBuilder {

    /** Subtrees below this many triangles are built by one thread. */
    private static final int PARALLEL_SIZE = 16_384;
    /**
     * Below this depth, splits halve the number of triangles, so that the depth is at most this plus log2 of the rest.
     */
    private static final int SAH_DEPTH = 36;

    private BvhBuilder() {}

    /** As {@link #build(float[], int, BuildCheck)}, without a check. */
    public static BvhLayout build(float[] triangles, int count) {
        return build(triangles, count, BuildCheck.NEVER);
    }

    /**
     * Builds the hierarchy over some triangles.
     *
     * @param triangles a corner and two edges each, nine floats a triangle, all finite
     * @param count the number of triangles, at least 1
     * @param check ends the building by its exception, which is passed on
     */
    public static BvhLayout build(float[] triangles, int count, BuildCheck check) {
        if (count < 1) {
            throw new IllegalArgumentException("a hierarchy needs at least one triangle");
        }
        TriangleBoxes boxes = new TriangleBoxes(triangles, count, check);
        Subtree tree = new Build(boxes, 0, count, 0).invoke();
        return tree.nodes.layout(tree.root, boxes.order());
    }

    @SuppressWarnings("ArrayRecordComponent") // Never compared; handed from one step of the build to the next.
    private record Subtree(NodeList nodes, int root, float[] box) {}

    private static final class Build extends RecursiveTask<Subtree> {
        private final transient TriangleBoxes boxes;
        private final int from;
        private final int to;
        private final int depth;
        private final transient Bins bins = new Bins();

        Build(TriangleBoxes boxes, int from, int to, int depth) {
            this.boxes = boxes;
            this.from = from;
            this.to = to;
            this.depth = depth;
        }

        @Override
        protected Subtree compute() {
            int count = to - from;
            float[] box = new float[6];
            if (count <= PARALLEL_SIZE) {
                NodeList nodes = new NodeList(count / 2);
                int root = buildHere(nodes, from, to, depth, box);
                return new Subtree(nodes, root, box);
            }
            int middle = split(from, to, depth, box);
            Build left = new Build(boxes, from, middle, depth + 1);
            left.fork();
            Subtree right = new Build(boxes, middle, to, depth + 1).compute();
            Subtree leftTree = left.join();
            NodeList nodes = new NodeList(count / 2);
            int root = nodes.add();
            nodes.setChild(root, 0, nodes.append(leftTree.nodes, leftTree.root), leftTree.box);
            nodes.setChild(root, 1, nodes.append(right.nodes, right.root), right.box);
            return new Subtree(nodes, root, box);
        }

        /** Builds the subtree of a range, gives its child number and fills in its box. */
        private int buildHere(NodeList nodes, int begin, int end, int level, float[] box) {
            int middle = split(begin, end, level, box);
            if (middle < 0) {
                return Bvh.leaf(begin, end - begin);
            }
            int node = nodes.add();
            float[] childBox = new float[6];
            nodes.setChild(node, 0, buildHere(nodes, begin, middle, level + 1, childBox), childBox);
            nodes.setChild(node, 1, buildHere(nodes, middle, end, level + 1, childBox), childBox);
            return node;
        }

        /** Partitions a range and returns where its right half begins, or -1 when it is best left a leaf. */
        private int split(int begin, int end, int level, float[] box) {
            int count = end - begin;
            boxes.bounds(begin, end, box, bins.centroidBounds);
            if (count <= 2) {
                return -1;
            }
            if (level >= SAH_DEPTH || !bins.fill(boxes, begin, end)) {
                return count <= Bvh.MAX_LEAF_SIZE ? -1 : begin + count / 2;
            }
            bins.findSplit();
            if (count <= Bvh.MAX_LEAF_SIZE && count <= bins.bestCost / Bins.halfArea(box, 0) + 1) {
                return -1;
            }
            return boxes.partition(begin, end, bins);
        }
    }
}
