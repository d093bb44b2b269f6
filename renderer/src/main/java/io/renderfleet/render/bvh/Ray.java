package io.renderfleet.render.bvh;

/**
 * A ray and, after {@link Traversal#nearest}, its hit. Mutable with public fields, because every thread reuses one
 * object for millions of rays.
 */
public final class Ray {
    public float ox;
    public float oy;
    public float oz;
    public float dx;
    public float dy;
    public float dz;

    /** In: how far the ray reaches, in lengths of its direction. Out: where the nearest surface is. */
    public float t;

    /** The triangle the ray starts on, which it cannot meet again, or -1. */
    public int from = -1;

    /** Decides, with the triangle's number, whether a partly transparent surface lets this ray through. */
    public int seed;

    /** Out: the triangle met, or -1. */
    public int triangle = -1;

    /** Out: the weight of the triangle's second corner. */
    public float u;

    /** Out: the weight of the triangle's third corner. */
    public float v;
}
