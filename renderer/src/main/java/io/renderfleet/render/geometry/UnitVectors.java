package io.renderfleet.render.geometry;

/**
 * Unit vectors in 32 bits by the octahedral map (Cigolle et al., "A Survey of Efficient Representations for
 * Independent Unit Vectors", 2014); the error is below 0.005 degrees.
 */
public final class UnitVectors {

    /** Stands for "no vector": no unit vector is encoded as this. */
    public static final int NONE = 0x8000_8000;

    private static final float SCALE = 32_767;

    private UnitVectors() {}

    /** Encodes a vector of any length; {@link #NONE} when it has no direction. */
    public static int encode(double x, double y, double z) {
        double sum = Math.abs(x) + Math.abs(y) + Math.abs(z);
        if (!(sum > 0) || !Double.isFinite(sum)) {
            return NONE;
        }
        double u = x / sum;
        double v = y / sum;
        if (z < 0) {
            double folded = (1 - Math.abs(v)) * Math.copySign(1, u);
            v = (1 - Math.abs(u)) * Math.copySign(1, v);
            u = folded;
        }
        return ((int) Math.round(u * SCALE) << 16) | ((int) Math.round(v * SCALE) & 0xFFFF);
    }

    /** The first octahedral coordinate, -1 to 1. */
    static float first(int code) {
        return (code >> 16) / SCALE;
    }

    /** The second octahedral coordinate, -1 to 1. */
    static float second(int code) {
        return (short) code / SCALE;
    }

    /** Writes the unit vector, or zeros for {@link #NONE}. */
    public static void decode(int code, float[] out) {
        out[0] = 0;
        out[1] = 0;
        out[2] = 0;
        if (code != NONE) {
            addTo(code, 1, out, 0);
        }
    }

    /** Adds a weighted unit vector to three floats from {@code at}. */
    static void addTo(int code, float weight, float[] out, int at) {
        float x = first(code);
        float y = second(code);
        float z = 1 - Math.abs(x) - Math.abs(y);
        float fold = Math.max(-z, 0);
        x += x >= 0 ? -fold : fold;
        y += y >= 0 ? -fold : fold;
        float scale = weight / (float) Math.sqrt(x * x + y * y + z * z);
        out[at] += x * scale;
        out[at + 1] += y * scale;
        out[at + 2] += z * scale;
    }
}
