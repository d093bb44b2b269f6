package io.renderfleet.render.integrator;

import io.renderfleet.render.geometry.UnitVectors;
import java.util.Arrays;

/**
 * The accumulated samples of the rows of a picture that are in progress. Rows that are finished are replaced by later
 * ones, so the memory depends on the picture's width and not on its height. Each tile writes only its own pixels, so
 * writers need no lock; a reader must have synchronized with the end of the writers.
 */
final class Film {
    /** The number of rows that are replaced together. */
    private static final int PIECE = Tile.SIZE;

    final int width;
    final int height;
    private final int capacity;
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
    /** Per pixel: the mean distance of the first surface; 0 if there was none, negative if there were several. */
    final float[] depths;

    /** @param rows the smallest number of rows to hold at the same time; all rows if the picture has no more */
    Film(int width, int height, int rows) {
        this.width = width;
        this.height = height;
        capacity = Math.ceilDiv(Math.min(rows, height), PIECE) * PIECE;
        int pixels = width * Math.min(capacity, height);
        sums = new float[3 * pixels];
        squares = new float[pixels];
        counts = new int[pixels];
        albedos = new int[pixels];
        normals = new int[pixels];
        depths = new float[pixels];
    }

    /** The number of rows that it holds at the same time. */
    int capacity() {
        return capacity;
    }

    /** The index of the first pixel of a row. */
    int row(int y) {
        return y % capacity * width;
    }

    /** Clears the memory of a row, which an earlier row may have used. */
    void clear(int y) {
        int from = row(y);
        Arrays.fill(sums, 3 * from, 3 * (from + width), 0);
        Arrays.fill(squares, from, from + width, 0);
    }

    /** Stores a pixel's features: the mean colour, normal and distance over its first samples. */
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
}
