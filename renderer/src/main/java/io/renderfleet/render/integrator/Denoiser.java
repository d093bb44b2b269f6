package io.renderfleet.render.integrator;

import java.util.function.BooleanSupplier;

/**
 * Removes noise from a picture with an edge-avoiding wavelet filter: passes of a 5 x 5 kernel with growing gaps
 * (Dammertz et al., "Edge-Avoiding À-Trous Wavelet Transform for fast Global Illumination Filtering", 2010), steered by
 * each pixel's own estimate of its noise (Schied et al., "Spatiotemporal Variance-Guided Filtering", 2017). The light
 * is filtered without the surface's colour, so that textures stay sharp, and a pixel with little noise keeps its value.
 *
 * <p>Each pass reads rows from the previous one as they are finished and keeps only the rows that its kernel needs, so
 * the memory is that of about 140 rows for any height of the picture. Not thread-safe.
 */
final class Denoiser {
    private static final int PASSES = 5;
    /** The kernel of the wavelet by distance: a cubic B-spline. */
    private static final float[] KERNEL = {3f / 8, 1f / 4, 1f / 16};
    /** The number of standard errors by which two pixels with the same light may differ. */
    private static final float LIGHT_TOLERANCE = 4;

    private static final float NORMAL_SHARPNESS = 40;
    private static final float DEPTH_SHARPNESS = 200;
    private static final float COLOUR_SHARPNESS = 60;
    /** Prevents a division by zero for black surfaces. */
    private static final float LEAST_ALBEDO = 0.02f;

    /** The radius of the kernel of the last pass. */
    private static final int LAST_REACH = 2 << (PASSES - 1);

    /** The number of rows that a finished row needs below it: two for specks and edges, and those of all passes. */
    static final int LOOK_AHEAD = 2 + 2 * ((1 << PASSES) - 1);

    /** The number of rows that the film must keep above the next finished row: for edges and the last pass. */
    static final int LOOK_BACK = 2 + LAST_REACH;

    /** The number of rows that all stages keep together, with 16 bytes per pixel. */
    static final int ROWS = 3 + (4 * ((1 << PASSES) - 1) + PASSES) + 3;

    private final Film film;
    private final int width;
    private final int height;
    /** First the light as it was rendered, then without specks, then after each pass. */
    private final Rows[] stages = new Rows[PASSES + 2];

    private final FinishedRows finished;
    private final float[] radiance;
    private final float[] normalHere = new float[3];
    private final float[] normalThere = new float[3];
    private int done;

    Denoiser(Film film, FinishedRows finished) {
        this.film = film;
        this.finished = finished;
        width = film.width;
        height = film.height;
        radiance = new float[3 * width];
        for (int stage = 0; stage < stages.length; stage++) {
            stages[stage] = new Rows(2 * reach(stage + 1) + 1);
        }
    }

    /**
     * The number of rows of the previous stage that a stage needs on each side. The last stage produces finished rows.
     */
    private static int reach(int stage) {
        return stage < 2 || stage > PASSES + 1 ? 1 : 2 << (stage - 2);
    }

    /** The newest rows of a stage, as many as the next one needs. */
    private final class Rows {
        private final int capacity;
        private final float[] light;
        private final float[] variance;
        private int ready;

        Rows(int rows) {
            capacity = Math.min(rows, height);
            light = new float[3 * width * capacity];
            variance = new float[width * capacity];
        }

        int row(int y) {
            return y % capacity * width;
        }
    }

    /**
     * Reads all rendered rows of the film and finishes as many rows as possible.
     *
     * @param rendered the number of rendered rows from the top
     * @return false if it was cancelled; the denoiser cannot be used after that
     */
    boolean advance(int rendered, BooleanSupplier cancelled) {
        while (stages[0].ready < rendered) {
            divideByAlbedo(stages[0].ready);
            stages[0].ready++;
            if (!cascade(1, cancelled)) {
                return false;
            }
        }
        return true;
    }

    /** The number of finished rows from the top. */
    int done() {
        return done;
    }

    private boolean cascade(int stage, BooleanSupplier cancelled) {
        Rows before = stages[stage - 1];
        while (before.ready > Math.min(next(stage) + reach(stage), height - 1) && next(stage) < height) {
            if (cancelled.getAsBoolean()) {
                return false;
            }
            if (stage > PASSES + 1) {
                finish(done);
                done++;
                continue;
            }
            int y = stages[stage].ready;
            if (stage == 1) {
                removeSpecks(y);
            } else {
                filter(stages[stage - 1], stages[stage], y, 1 << (stage - 2));
            }
            stages[stage].ready++;
            if (!cascade(stage + 1, cancelled)) {
                return false;
            }
        }
        return true;
    }

    private int next(int stage) {
        return stage > PASSES + 1 ? done : stages[stage].ready;
    }

    private void divideByAlbedo(int y) {
        Rows to = stages[0];
        for (int x = 0; x < width; x++) {
            int pixel = film.row(y) + x;
            int i = to.row(y) + x;
            float n = film.counts[pixel];
            for (int c = 0; c < 3; c++) {
                to.light[3 * i + c] = film.sums[3 * pixel + c] / n / albedo(pixel, c);
            }
            float mean = 0.2126f * film.sums[3 * pixel]
                    + 0.7152f * film.sums[3 * pixel + 1]
                    + 0.0722f * film.sums[3 * pixel + 2];
            mean /= n;
            float luminance = 0.2126f * albedo(pixel, 0) + 0.7152f * albedo(pixel, 1) + 0.0722f * albedo(pixel, 2);
            to.variance[i] = Math.max(film.squares[pixel] / n - mean * mean, 0) / (n * luminance * luminance);
        }
    }

    /** Limits single bright pixels with much noise to the brightest of their neighbours. */
    private void removeSpecks(int y) {
        Rows from = stages[0];
        Rows to = stages[1];
        for (int x = 0; x < width; x++) {
            int i = from.row(y) + x;
            int out = to.row(y) + x;
            float here = luminance(from.light, i);
            float scale = 1;
            if (from.variance[i] > 0.01f * here * here) {
                float most = brightestAround(from, x, y);
                scale = here > most ? most / here : 1;
            }
            to.light[3 * out] = from.light[3 * i] * scale;
            to.light[3 * out + 1] = from.light[3 * i + 1] * scale;
            to.light[3 * out + 2] = from.light[3 * i + 2] * scale;
            to.variance[out] = from.variance[i] * scale * scale;
        }
    }

    private float brightestAround(Rows rows, int x, int y) {
        float most = 0;
        for (int v = Math.max(y - 1, 0); v <= Math.min(y + 1, height - 1); v++) {
            for (int u = Math.max(x - 1, 0); u <= Math.min(x + 1, width - 1); u++) {
                if (u != x || v != y) {
                    most = Math.max(most, luminance(rows.light, rows.row(v) + u));
                }
            }
        }
        return most;
    }

    /**
     * Multiplies the light by the surface's colour, and clamps each channel of edge pixels, which no pass has changed,
     * to the range of their eight neighbours. An edge is a blend of its two sides, and a line continues in neighbouring
     * pixels, so only noise is outside of that range.
     */
    private void finish(int y) {
        Rows from = stages[PASSES + 1];
        for (int x = 0; x < width; x++) {
            int pixel = film.row(y) + x;
            int i = from.row(y) + x;
            boolean isEdge = film.depths[pixel] < 0 && x > 0 && x < width - 1 && y > 0 && y < height - 1;
            for (int c = 0; c < 3; c++) {
                float value = from.light[3 * i + c] * albedo(pixel, c);
                radiance[3 * x + c] = isEdge ? heldToNeighbours(from, value, x, y, c) : value;
            }
        }
        finished.row(y, radiance);
    }

    private float heldToNeighbours(Rows from, float value, int x, int y, int channel) {
        float least = Float.POSITIVE_INFINITY;
        float most = 0;
        for (int v = y - 1; v <= y + 1; v++) {
            for (int u = x - 1; u <= x + 1; u++) {
                if (u != x || v != y) {
                    float other = from.light[3 * (from.row(v) + u) + channel] * albedo(film.row(v) + u, channel);
                    least = Math.min(least, other);
                    most = Math.max(most, other);
                }
            }
        }
        return Math.min(Math.max(value, least), most);
    }

    private void filter(Rows from, Rows to, int y, int gap) {
        for (int x = 0; x < width; x++) {
            filterPixel(from, to, x, y, gap);
        }
    }

    private void filterPixel(Rows from, Rows to, int x, int y, int gap) {
        int pixel = film.row(y) + x;
        int here = from.row(y) + x;
        int out = to.row(y) + x;
        float depth = film.depths[pixel];
        if (depth <= 0) {
            // An edge is made of several lights; blending it with either side would undo its smoothness.
            System.arraycopy(from.light, 3 * here, to.light, 3 * out, 3);
            to.variance[out] = from.variance[here];
            return;
        }
        float tolerance = 1 / (LIGHT_TOLERANCE * (float) Math.sqrt(varianceAround(from, x, y)) + 1e-6f);
        float luminance = luminance(from.light, here);
        float slopeX = slope(pixel, x > 0 ? pixel - 1 : -1, x < width - 1 ? pixel + 1 : -1);
        float slopeY = slope(pixel, y > 0 ? film.row(y - 1) + x : -1, y < height - 1 ? film.row(y + 1) + x : -1);
        film.normal(pixel, normalHere);
        float red = 0;
        float green = 0;
        float blue = 0;
        float varianceSum = 0;
        float total = 0;
        for (int dy = -2; dy <= 2; dy++) {
            int v = y + dy * gap;
            if (v < 0 || v >= height) {
                continue;
            }
            int rowThere = from.row(v);
            int filmThere = film.row(v);
            for (int dx = -2; dx <= 2; dx++) {
                int u = x + dx * gap;
                if (u < 0 || u >= width) {
                    continue;
                }
                int there = rowThere + u;
                int pixelThere = filmThere + u;
                float expected = depth + gap * (dx * slopeX + dy * slopeY);
                float unlikeness = Math.abs(luminance(from.light, there) - luminance) * tolerance
                        + Math.abs(film.depths[pixelThere] - expected) / depth * DEPTH_SHARPNESS;
                if (unlikeness > 8) {
                    continue;
                }
                film.normal(pixelThere, normalThere);
                float cosine = normalHere[0] * normalThere[0]
                        + normalHere[1] * normalThere[1]
                        + normalHere[2] * normalThere[2];
                unlikeness += (1 - cosine) * NORMAL_SHARPNESS + albedoDistance(pixel, pixelThere) * COLOUR_SHARPNESS;
                float weight = KERNEL[Math.abs(dx)] * KERNEL[Math.abs(dy)] * fallOff(unlikeness);
                red += weight * from.light[3 * there];
                green += weight * from.light[3 * there + 1];
                blue += weight * from.light[3 * there + 2];
                varianceSum += weight * weight * from.variance[there];
                total += weight;
            }
        }
        to.light[3 * out] = red / total;
        to.light[3 * out + 1] = green / total;
        to.light[3 * out + 2] = blue / total;
        to.variance[out] = varianceSum / (total * total);
    }

    /**
     * The smaller of the depth's changes to either side, which is the one that stays on the surface.
     *
     * @param before the pixel on one side; negative if there is none
     * @param after the pixel on the other side; negative if there is none
     */
    private float slope(int pixel, int before, int after) {
        float back = before < 0 ? 0 : film.depths[pixel] - film.depths[before];
        float ahead = after < 0 ? 0 : film.depths[after] - film.depths[pixel];
        if (before < 0) {
            return ahead;
        }
        return after >= 0 && Math.abs(ahead) < Math.abs(back) ? ahead : back;
    }

    private float varianceAround(Rows rows, int x, int y) {
        float sum = 0;
        float total = 0;
        for (int v = Math.max(y - 1, 0); v <= Math.min(y + 1, height - 1); v++) {
            for (int u = Math.max(x - 1, 0); u <= Math.min(x + 1, width - 1); u++) {
                float weight = (u == x ? 2 : 1) * (v == y ? 2 : 1);
                sum += weight * rows.variance[rows.row(v) + u];
                total += weight;
            }
        }
        return sum / total;
    }

    private float albedo(int pixel, int channel) {
        return film.albedo(pixel, channel) + LEAST_ALBEDO;
    }

    private float albedoDistance(int a, int b) {
        if (film.albedos[a] == film.albedos[b]) {
            return 0;
        }
        float red = film.albedo(a, 0) - film.albedo(b, 0);
        float green = film.albedo(a, 1) - film.albedo(b, 1);
        float blue = film.albedo(a, 2) - film.albedo(b, 2);
        return red * red + green * green + blue * blue;
    }

    private static float luminance(float[] rgb, int pixel) {
        return 0.2126f * rgb[3 * pixel] + 0.7152f * rgb[3 * pixel + 1] + 0.0722f * rgb[3 * pixel + 2];
    }

    /** An approximation of e to the minus x, which is 0 from 8 on. */
    private static float fallOff(float x) {
        float f = Math.max(1 - x / 8, 0);
        f *= f;
        f *= f;
        return f * f;
    }
}
