package io.renderfleet.render.light;

/** One chosen way for light to reach a point. One per thread, filled anew each time; open for the hot path. */
public final class LightSample {
    /** Unit direction from the point to the light. */
    public float wx;

    public float wy;
    public float wz;
    /** How far away the light is; infinite for a sky and the sun. */
    public float distance;
    /** Radiance (or, where the density is 1 by convention, irradiance across the direction) arriving unshadowed. */
    public final float[] radiance = new float[3];
    /** The density of the choice over solid angle, as seen from the point. */
    public float density;
    /** The triangle that gives the light, or -1. */
    public int triangle = -1;

    final float[] scratch = new float[4];
    final float[] normal = new float[3];
}
