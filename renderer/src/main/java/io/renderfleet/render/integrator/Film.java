package io.renderfleet.render.integrator;

import io.renderfleet.render.geometry.UnitVectors;

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
    /** Per pixel: the mean colour of the surfaces first met, ten bits a channel. */
    final int[] albedos;
    /** Per pixel: the mean normal of the surfaces first met, encoded. */
    final int[] normals;
    /** Per pixel: the mean distance of the surface first met, 0 when there was none, negative when it was not one. */
    final float[] depths;

    Film(int width, int height) {
        this.width = width;
        this.height = height;
        sums = new float[3 * width * height];
        squares = new float[width * height];
        counts = new int[width * height];
        albedos = new int[width * height];
        normals = new int[width * height];
        depths = new float[width * height];
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

    /** Keeps what a pixel shows beside light: the sums over its first samples. */
    void describe(int pixel, Features features, int samples) {
        float[] colour = features.colour;
        albedos[pixel] =
                tenBits(colour[0] / samples) << 20 | tenBits(colour[1] / samples) << 10 | tenBits(colour[2] / samples);
        normals[pixel] = UnitVectors.encode(features.normal[0], features.normal[1], features.normal[2]);
        float depth = features.hits == 0 ? 0 : features.depth / features.hits;
        depths[pixel] = features.onEdge() ? -depth : depth;
    }

    float albedo(int pixel, int channel) {
        return ((albedos[pixel] >>> (20 - 10 * channel)) & 0x3FF) * (1 / 1023f);
    }

    /** Writes the mean normal, or zeros where there is none. */
    void normal(int pixel, float[] out) {
        UnitVectors.decode(normals[pixel], out);
    }

    private static int tenBits(float value) {
        return Math.round(1023 * Math.min(Math.max(value, 0), 1));
    }

    /** The samples that a pixel took. */
    public int samples(int pixel) {
        return counts[pixel];
    }
}
