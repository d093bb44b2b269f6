package io.renderfleet.render.bvh;

/**
 * The hierarchy over triangles, before they are put in its order.
 *
 * @see BvhBuilder
 */
public final class BvhLayout {
    private final float[] bounds;
    private final int[] children;
    private final int root;
    private final int[] order;

    BvhLayout(float[] bounds, int[] children, int root, int[] order) {
        this.bounds = bounds;
        this.children = children;
        this.root = root;
        this.order = order;
    }

    /** For each place in leaf order, the number of the triangle that belongs there; the caller reorders by it. */
    public int[] order() {
        return order;
    }

    /** Joins the hierarchy with the triangles and their flags, both already in {@link #order}. */
    public Bvh with(float[] orderedTriangles, byte[] orderedFlags, Opacity opacity) {
        return new Bvh(bounds, children, root, orderedTriangles, orderedFlags, opacity);
    }
}
