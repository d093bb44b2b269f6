package io.renderfleet.render.bvh;

/** The opacity of triangles that do not block every ray. */
public interface Opacity {

    /** Blocks rays from both sides. */
    byte SOLID = 0;
    /** Blocks rays only from the front. */
    byte FRONT_ONLY = 1;
    /** Blocks rays according to {@link #alpha} at each hit. */
    byte TESTED = 2;

    /** The opacity, 0 to 1, at barycentric (u, v) of a triangle marked {@link #TESTED}. */
    float alpha(int triangle, float u, float v);
}
