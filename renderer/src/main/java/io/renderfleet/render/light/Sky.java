package io.renderfleet.render.light;

/**
 * The environment light for scenes without punctual lights: a bright horizon, a pale zenith, a darker ground, and one
 * broad, soft glow that makes shapes visible. Sampled as a mixture of the whole sphere and the glow. Immutable.
 */
public final class Sky {

    private static final float INVERSE_SPHERE = (float) (1 / (4 * Math.PI));
    private static final float GLOW_X = 0.5145f;
    private static final float GLOW_Y = 0.6860f;
    private static final float GLOW_Z = 0.5145f;
    private static final int GLOW_POWER = 16;
    private static final float GLOW_SHARE = 0.4f;

    private final boolean gradient;
    private final float level;

    private Sky(boolean gradient, float level) {
        this.gradient = gradient;
        this.level = level;
    }

    /** The daylight sky. */
    public static Sky daylight() {
        return new Sky(true, 1);
    }

    /** A sky with the same radiance in every direction, for white furnace tests. */
    public static Sky constant(float radiance) {
        return new Sky(false, radiance);
    }

    /** Writes the radiance seen in a unit direction. */
    public void radiance(float x, float y, float z, float[] out) {
        if (!gradient) {
            out[0] = level;
            out[1] = level;
            out[2] = level;
            return;
        }
        float rise = (float) Math.sqrt(Math.min(Math.abs(y), 1));
        if (y >= 0) {
            out[0] = mix(0.95f, 0.42f, rise);
            out[1] = mix(0.97f, 0.58f, rise);
            out[2] = mix(1.00f, 0.85f, rise);
        } else {
            out[0] = mix(0.95f, 0.30f, rise);
            out[1] = mix(0.97f, 0.28f, rise);
            out[2] = mix(1.00f, 0.26f, rise);
        }
        float glow = 3 * lobe(x, y, z);
        out[0] += glow;
        out[1] += 0.93f * glow;
        out[2] += 0.82f * glow;
    }

    /** The density over solid angle with which {@link #sample} chooses a direction. */
    public float density(float x, float y, float z) {
        return gradient
                ? (1 - GLOW_SHARE) * INVERSE_SPHERE + GLOW_SHARE * 2 * (GLOW_POWER + 1) * INVERSE_SPHERE * lobe(x, y, z)
                : INVERSE_SPHERE;
    }

    void sample(float choice, float x, float y, LightSample out) {
        float angle = 2 * (float) Math.PI * y;
        float cos = (float) Math.cos(angle);
        float sin = (float) Math.sin(angle);
        if (gradient && choice < GLOW_SHARE) {
            float z = (float) Math.pow(x, 1.0 / (GLOW_POWER + 1));
            float radius = (float) Math.sqrt(Math.max(1 - z * z, 0));
            // A frame around the glow: one horizontal axis, and the one at right angles to it.
            float flat = (float) Math.sqrt(GLOW_X * GLOW_X + GLOW_Z * GLOW_Z);
            float tx = GLOW_Z / flat;
            float tz = -GLOW_X / flat;
            float bx = GLOW_Y * tz;
            float by = GLOW_Z * tx - GLOW_X * tz;
            float bz = -GLOW_Y * tx;
            out.wx = radius * (cos * tx + sin * bx) + z * GLOW_X;
            out.wy = radius * sin * by + z * GLOW_Y;
            out.wz = radius * (cos * tz + sin * bz) + z * GLOW_Z;
        } else {
            float z = 1 - 2 * x;
            float radius = (float) Math.sqrt(Math.max(1 - z * z, 0));
            out.wx = radius * cos;
            out.wy = z;
            out.wz = radius * sin;
        }
        out.distance = Float.POSITIVE_INFINITY;
        out.triangle = -1;
        out.density = density(out.wx, out.wy, out.wz);
        radiance(out.wx, out.wy, out.wz, out.radiance);
    }

    private static float lobe(float x, float y, float z) {
        float c = Math.max(x * GLOW_X + y * GLOW_Y + z * GLOW_Z, 0);
        float c2 = c * c;
        float c4 = c2 * c2;
        float c8 = c4 * c4;
        return c8 * c8;
    }

    private static float mix(float a, float b, float share) {
        return a + (b - a) * share;
    }
}
