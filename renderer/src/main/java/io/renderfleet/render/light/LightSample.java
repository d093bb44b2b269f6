package io.renderfleet.render.light;

/** A sample of the light that arrives at a point. Mutable with public fields, because each thread reuses one object. */
public final class LightSample {
    /** Unit direction from the point to the light. */
    public float wx;

    public float wy;
    public float wz;
    /** The distance of the light; infinite for skies and directional lights. */
    public float distance;
    /** Radiance (or, where the density is 1 by convention, irradiance across the direction) arriving unshadowed. */
    public final float[] radiance = new float[3];
    /** The density of the sample over solid angle, as seen from the point. */
    public float density;
    /** The emissive triangle, or -1. */
    public int triangle = -1;

    final float[] scratch = new float[4];
    final float[] normal = new float[3];
}
