package io.renderfleet.render.bvh;

/**
 * A binary bounding volume hierarchy in flat arrays. Each inner node holds the boxes of both children, so that one
 * step of a ray reads one run of memory. Immutable after construction; shared by all threads.
 *
 * <p>Children are numbers: an inner node's index, or for a leaf {@code ~(first << 3 | count - 1)}.
 */
public final class Bvh {

    static final int MAX_LEAF_SIZE = 8;
    /** The builder keeps every branch shorter than a traversal's stack. */
    static final int MAX_DEPTH = 64;

    static final int BOUNDS_PER_NODE = 12;
    static final int FLOATS_PER_TRIANGLE = 9;

    /** Per inner node: the left child's min x, y, z and max x, y, z, then the right child's. */
    final float[] bounds;
    /** Per inner node: left child, right child. */
    final int[] children;
    /** Per triangle, in leaf order: a corner and the two edges from it. */
    final float[] triangles;
    /** Per triangle, in leaf order: flags of {@link Opacity}. */
    final byte[] opacityFlags;

    final int root;
    final Opacity opacity;

    Bvh(float[] bounds, int[] children, int root, float[] triangles, byte[] opacityFlags, Opacity opacity) {
        this.bounds = bounds;
        this.children = children;
        this.root = root;
        this.triangles = triangles;
        this.opacityFlags = opacityFlags;
        this.opacity = opacity;
    }

    /** Bytes held by the hierarchy, without the triangles, which belong to the geometry. */
    public long sizeInBytes() {
        return 4L * bounds.length + 4L * children.length + opacityFlags.length;
    }

    static int leaf(int first, int count) {
        return ~(first << 3 | count - 1);
    }
}
