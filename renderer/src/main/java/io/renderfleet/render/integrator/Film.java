package io.renderfleet.render.integrator;

/**
 * What the pixels of a picture have gathered. Tiles write to pixels of their own only, so threads need no lock; who
 * reads must have seen the writers finish.
 */
public final class Film {
    final int width;
    final int height;
    /** Per pixel: the sums of red, green and blue over its samples. */
    final float[] sums;
    /** Per pixel: the sum of squared luminance, from which the noise is estimated. */
    final float[] squares;
    /** Per pixel: samples taken. */
    final int[] counts;

    Film(int width, int height) {
        this.width = width;
        this.height = height;
        sums = new float[3 * width * height];
        squares = new float[width * height];
        counts = new int[width * height];
    }

    public int width() {
        return width;
    }

    public int height() {
        return height;
    }

    /** The mean radiance of a pixel in one channel, 0 to 2. */
    public float radiance(int pixel, int channel) {
        return sums[3 * pixel + channel] / Math.max(counts[pixel], 1);
    }

    /** The samples that a pixel took. */
    public int samples(int pixel) {
        return counts[pixel];
    }
}
