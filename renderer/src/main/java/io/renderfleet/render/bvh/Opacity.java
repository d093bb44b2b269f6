package io.renderfleet.render.bvh;

/** Tells how opaque the triangles are that do not simply block every ray. */
public interface Opacity {

    /** Blocks rays from both sides. */
    byte SOLID = 0;
    /** Is not there for rays that meet its back. */
    byte FRONT_ONLY = 1;
    /** Asks {@link #alpha} at each hit. */
    byte TESTED = 2;

    /** The opacity, 0 to 1, at barycentric (u, v) of a triangle marked {@link #TESTED}. */
    float alpha(int triangle, float u, float v);
}
