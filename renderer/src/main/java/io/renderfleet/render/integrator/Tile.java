package io.renderfleet.render.integrator;

import java.util.Arrays;
import java.util.function.BooleanSupplier;

/**
 * A square of pixels that is rendered pass by pass. After each pass, pixels whose neighbourhood has little noise take
 * no more samples. This is decided from the tile's own pixels, so it does not depend on other threads. One thread at a
 * time works on a tile.
 */
final class Tile {

    /** Pixels along an edge. */
    static final int SIZE = 32;

    /** The number of samples of every pixel in the first pass, after which its noise can be estimated. */
    private static final int FIRST_PASS = 16;

    private static final int LATER_PASS = 8;
    /** The radius in pixels over which noise is averaged, because the estimate of a single pixel is too inaccurate. */
    private static final int NEIGHBOURHOOD = 2;
    /** The number of paths between two checks of the cancel signal. */
    private static final int PATHS_PER_CHECK = 64;

    private final Film film;
    private final int left;
    private final int top;
    private final int columns;
    private final int rows;
    private final int maxSamples;
    private final float threshold;
    private final boolean[] active;
    private int samples;
    private boolean done;

    Tile(Film film, int left, int top, int maxSamples, double threshold) {
        this.film = film;
        this.left = left;
        this.top = top;
        columns = Math.min(SIZE, film.width - left);
        rows = Math.min(SIZE, film.height - top);
        this.maxSamples = maxSamples;
        this.threshold = (float) threshold;
        active = new boolean[columns * rows];
        Arrays.fill(active, true);
    }

    /** The index of its row of tiles, from 0 at the top. */
    int tileRow() {
        return top / SIZE;
    }

    boolean isDone() {
        return done;
    }

    /** The completed share of the work, 0 to 1. */
    double fraction() {
        return done ? 1 : (double) samples / maxSamples;
    }

    /** Renders the next pass; false if it was cancelled. */
    boolean renderPass(PathTracer tracer, BooleanSupplier cancelled) {
        int pass = samples == 0 ? FIRST_PASS : Math.max(LATER_PASS, samples / 4);
        int until = Math.min(samples + pass, maxSamples);
        int budget = PATHS_PER_CHECK;
        for (int i = 0; i < active.length; i++) {
            if (!active[i]) {
                continue;
            }
            if (budget <= 0) {
                if (cancelled.getAsBoolean()) {
                    return false;
                }
                budget = PATHS_PER_CHECK;
            }
            budget -= until - samples;
            renderPixel(tracer, left + i % columns, top + i / columns, until);
        }
        samples = until;
        done = samples == maxSamples || !markActive();
        return true;
    }

    private void renderPixel(PathTracer tracer, int column, int row, int until) {
        int pixel = film.row(row) + column;
        int pixelHash = Sampler.hash(column * 0x1F1F1F1F ^ Sampler.hash(row + 0x5BD1E995));
        float red = film.sums[3 * pixel];
        float green = film.sums[3 * pixel + 1];
        float blue = film.sums[3 * pixel + 2];
        float squares = film.squares[pixel];
        tracer.features.clear();
        for (int sample = samples; sample < until; sample++) {
            tracer.trace(column, row, pixelHash, sample);
            float[] found = tracer.radiance;
            float luminance = 0.2126f * found[0] + 0.7152f * found[1] + 0.0722f * found[2];
            // Non-finite samples, which come only from extreme numbers in a file, are dropped.
            if (luminance < Float.MAX_VALUE) {
                red += found[0];
                green += found[1];
                blue += found[2];
                squares += luminance * luminance;
            }
        }
        film.sums[3 * pixel] = red;
        film.sums[3 * pixel + 1] = green;
        film.sums[3 * pixel + 2] = blue;
        film.squares[pixel] = squares;
        film.counts[pixel] = until;
        if (samples == 0) {
            film.describe(pixel, tracer.features, until);
        }
    }

    /** Decides which pixels need more samples; false if none does. */
    private boolean markActive() {
        if (threshold <= 0) {
            return true;
        }
        float[] noise = new float[active.length];
        for (int i = 0; i < noise.length; i++) {
            noise[i] = noise(film.row(top + i / columns) + left + i % columns);
        }
        boolean any = false;
        for (int i = 0; i < active.length; i++) {
            // A pixel that has stopped is not started again, because its samples would no longer follow the sequence.
            active[i] = active[i] && around(noise, i % columns, i / columns) > threshold * threshold;
            any |= active[i];
        }
        return any;
    }

    private float around(float[] noise, int column, int row) {
        float sum = 0;
        int count = 0;
        for (int y = Math.max(row - NEIGHBOURHOOD, 0); y <= Math.min(row + NEIGHBOURHOOD, rows - 1); y++) {
            for (int x = Math.max(column - NEIGHBOURHOOD, 0); x <= Math.min(column + NEIGHBOURHOOD, columns - 1); x++) {
                sum += noise[y * columns + x];
                count++;
            }
        }
        return sum / count;
    }

    /** The estimated variance of the pixel's mean, in perceived steps after gamma and tone mapping. */
    private float noise(int pixel) {
        float n = film.counts[pixel];
        float red = film.sums[3 * pixel] / n;
        float green = film.sums[3 * pixel + 1] / n;
        float blue = film.sums[3 * pixel + 2] / n;
        float mean = 0.2126f * red + 0.7152f * green + 0.0722f * blue;
        float variance = Math.max(film.squares[pixel] / n - mean * mean, 0) / n;
        float rolloff = Math.max(mean, 1);
        return variance / ((mean + 0.02f) * 4 * rolloff * rolloff);
    }
}
