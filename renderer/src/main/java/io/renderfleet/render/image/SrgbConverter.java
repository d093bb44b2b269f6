package io.renderfleet.render.image;

import io.renderfleet.render.ToneMapping;
import io.renderfleet.render.integrator.FinishedRows;

/** Converts the rows of a picture from linear radiance to 8-bit sRGB as they are finished. */
public final class SrgbConverter implements FinishedRows {
    private final int width;
    private final ToneMapping mapping;
    private final int[] pixels;
    private final float[] rgb = new float[3];

    public SrgbConverter(int width, int height, ToneMapping mapping) {
        this.width = width;
        this.mapping = mapping;
        pixels = new int[width * height];
    }

    @Override
    public void row(int y, float[] radiance) {
        for (int x = 0; x < width; x++) {
            for (int channel = 0; channel < 3; channel++) {
                // Larger values are white with every mapping, and their squares would exceed the range of floats.
                rgb[channel] = Math.min(Math.max(radiance[3 * x + channel], 0), 1e6f);
            }
            ToneMap.apply(mapping, rgb);
            pixels[y * width + x] = encode(rgb[0]) << 16 | encode(rgb[1]) << 8 | encode(rgb[2]);
        }
    }

    /** The pixels row by row from the top, red, green and blue in the low 24 bits of each; not copied. */
    public int[] pixels() {
        return pixels;
    }

    /** The 8-bit sRGB code (IEC 61966-2-1) of a linear value, which is clamped to 0 to 1. */
    static int encode(float linear) {
        double c = Math.min(Math.max(linear, 0), 1);
        double encoded = c <= 0.0031308 ? 12.92 * c : 1.055 * Math.pow(c, 1 / 2.4) - 0.055;
        return (int) Math.round(255 * encoded);
    }
}
