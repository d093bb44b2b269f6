package io.renderfleet.render.image;

import io.renderfleet.render.ToneMapping;
import io.renderfleet.render.integrator.Film;

/** Develops a film into 8-bit sRGB. */
public final class Development {

    private Development() {}

    /** The pixels row by row from the top, red, green and blue in the low 24 bits of each. */
    public static int[] develop(Film film, ToneMapping mapping) {
        int[] pixels = new int[film.width() * film.height()];
        float[] rgb = new float[3];
        for (int i = 0; i < pixels.length; i++) {
            for (int channel = 0; channel < 3; channel++) {
                // Beyond this every mapping shows white, and its squares would leave the range of floats.
                rgb[channel] = Math.min(Math.max(film.radiance(i, channel), 0), 1e6f);
            }
            ToneMap.apply(mapping, rgb);
            pixels[i] = encode(rgb[0]) << 16 | encode(rgb[1]) << 8 | encode(rgb[2]);
        }
        return pixels;
    }

    /** The 8-bit sRGB code (IEC 61966-2-1) of a linear value, held to 0 to 1. */
    static int encode(float linear) {
        double c = Math.min(Math.max(linear, 0), 1);
        double encoded = c <= 0.0031308 ? 12.92 * c : 1.055 * Math.pow(c, 1 / 2.4) - 0.055;
        return (int) Math.round(255 * encoded);
    }
}
