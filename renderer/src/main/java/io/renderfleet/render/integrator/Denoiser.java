package io.renderfleet.render.integrator;

import java.util.function.BooleanSupplier;

/**
 * Takes the grain out of a finished film by an edge-avoiding wavelet filter: passes of a 5 x 5 kernel with growing gaps
 * (Dammertz et al., "Edge-Avoiding À-Trous Wavelet Transform for fast Global Illumination Filtering", 2010), steered by
 * each pixel's own estimate of its noise (Schied et al., "Spatiotemporal Variance-Guided Filtering", 2017). The light is
 * filtered without the surface's colour, so textures stay sharp, and a pixel that is sure of its value keeps it.
 */
final class Denoiser {

    private static final int PASSES = 5;
    /** The kernel of the wavelet by distance: a cubic B-spline. */
    private static final float[] KERNEL = {3f / 8, 1f / 4, 1f / 16};
    /** How many standard errors two pixels may differ by and still be taken to be the same light. */
    private static final float LIGHT_TOLERANCE = 4;

    private static final float NORMAL_SHARPNESS = 40;
    private static final float DEPTH_SHARPNESS = 200;
    private static final float COLOUR_SHARPNESS = 60;
    /** Keeps the division by a black surface's colour harmless. */
    private static final float LEAST_ALBEDO = 0.02f;

    private final Film film;
    private final int width;
    private final int height;
    private float[] light;
    private float[] variance;
    private float[] nextLight;
    private float[] nextVariance;
    private final float[] normalHere = new float[3];
    private final float[] normalThere = new float[3];

    private Denoiser(Film film) {
        this.film = film;
        width = film.width;
        height = film.height;
        light = new float[3 * width * height];
        variance = new float[width * height];
        nextLight = new float[light.length];
        nextVariance = new float[variance.length];
    }

    /** Filters a film in place; false when it stopped early because it was cancelled, and the film is as before. */
    static boolean denoise(Film film, BooleanSupplier cancelled) {
        Denoiser denoiser = new Denoiser(film);
        denoiser.divideByAlbedo();
        denoiser.removeSpecks();
        for (int pass = 0; pass < PASSES; pass++) {
            if (!denoiser.filter(1 << pass, cancelled)) {
                return false;
            }
        }
        denoiser.multiplyByAlbedo();
        denoiser.calmEdges();
        return true;
    }

    private void divideByAlbedo() {
        for (int i = 0; i < variance.length; i++) {
            float n = film.counts[i];
            float mean = 0;
            for (int c = 0; c < 3; c++) {
                light[3 * i + c] = film.sums[3 * i + c] / n / albedo(i, c);
            }
            mean = 0.2126f * film.sums[3 * i] + 0.7152f * film.sums[3 * i + 1] + 0.0722f * film.sums[3 * i + 2];
            mean /= n;
            float luminance = 0.2126f * albedo(i, 0) + 0.7152f * albedo(i, 1) + 0.0722f * albedo(i, 2);
            variance[i] = Math.max(film.squares[i] / n - mean * mean, 0) / (n * luminance * luminance);
        }
    }

    private void multiplyByAlbedo() {
        for (int i = 0; i < variance.length; i++) {
            for (int c = 0; c < 3; c++) {
                film.sums[3 * i + c] = light[3 * i + c] * albedo(i, c) * film.counts[i];
            }
        }
    }

    /** Brings lone bright pixels that are unsure of themselves down to the brightest around them. */
    private void removeSpecks() {
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int i = y * width + x;
                float here = luminance(light, i);
                float scale = 1;
                if (variance[i] > 0.01f * here * here) {
                    float most = brightestAround(x, y);
                    scale = here > most ? most / here : 1;
                }
                nextLight[3 * i] = light[3 * i] * scale;
                nextLight[3 * i + 1] = light[3 * i + 1] * scale;
                nextLight[3 * i + 2] = light[3 * i + 2] * scale;
                nextVariance[i] = variance[i] * scale * scale;
            }
        }
        swap();
    }

    /**
     * Holds each channel of an edge's pixels, which no pass has touched, to what is around them: an edge blends its two
     * sides, and a line goes on in its neighbours, so only grain stands out from all eight.
     */
    private void calmEdges() {
        for (int y = 1; y < height - 1; y++) {
            for (int x = 1; x < width - 1; x++) {
                int i = y * width + x;
                if (film.depths[i] >= 0) {
                    continue;
                }
                for (int c = 0; c < 3; c++) {
                    float held = heldToNeighbours(i, c);
                    film.sums[3 * i + c] = held * film.counts[i];
                }
            }
        }
    }

    private float heldToNeighbours(int pixel, int channel) {
        float least = Float.POSITIVE_INFINITY;
        float most = 0;
        for (int dy = -1; dy <= 1; dy++) {
            for (int dx = -1; dx <= 1; dx++) {
                int other = pixel + dy * width + dx;
                if (other != pixel) {
                    // From before this step, so that the order of pixels does not matter.
                    float value = light[3 * other + channel] * albedo(other, channel);
                    least = Math.min(least, value);
                    most = Math.max(most, value);
                }
            }
        }
        return Math.min(Math.max(light[3 * pixel + channel] * albedo(pixel, channel), least), most);
    }

    private float brightestAround(int x, int y) {
        float most = 0;
        for (int v = Math.max(y - 1, 0); v <= Math.min(y + 1, height - 1); v++) {
            for (int u = Math.max(x - 1, 0); u <= Math.min(x + 1, width - 1); u++) {
                if (u != x || v != y) {
                    most = Math.max(most, luminance(light, v * width + u));
                }
            }
        }
        return most;
    }

    private boolean filter(int gap, BooleanSupplier cancelled) {
        for (int y = 0; y < height; y++) {
            if (cancelled.getAsBoolean()) {
                return false;
            }
            for (int x = 0; x < width; x++) {
                filterPixel(x, y, gap);
            }
        }
        swap();
        return true;
    }

    private void filterPixel(int x, int y, int gap) {
        int here = y * width + x;
        float depth = film.depths[here];
        if (depth <= 0) {
            // An edge is made of several lights; blending it with either side would undo its smoothness.
            keep(here);
            return;
        }
        float tolerance = 1 / (LIGHT_TOLERANCE * (float) Math.sqrt(varianceAround(x, y)) + 1e-6f);
        float luminance = luminance(light, here);
        float slopeX = slope(here, x > 0 ? -1 : 0, x < width - 1 ? 1 : 0);
        float slopeY = slope(here, y > 0 ? -width : 0, y < height - 1 ? width : 0);
        film.normal(here, normalHere);
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
            for (int dx = -2; dx <= 2; dx++) {
                int u = x + dx * gap;
                if (u < 0 || u >= width) {
                    continue;
                }
                int there = v * width + u;
                float expected = depth + gap * (dx * slopeX + dy * slopeY);
                float unlikeness = Math.abs(luminance(light, there) - luminance) * tolerance
                        + Math.abs(film.depths[there] - expected) / depth * DEPTH_SHARPNESS;
                if (unlikeness > 8) {
                    continue;
                }
                film.normal(there, normalThere);
                float cosine = normalHere[0] * normalThere[0]
                        + normalHere[1] * normalThere[1]
                        + normalHere[2] * normalThere[2];
                unlikeness += (1 - cosine) * NORMAL_SHARPNESS + albedoDistance(here, there) * COLOUR_SHARPNESS;
                float weight = KERNEL[Math.abs(dx)] * KERNEL[Math.abs(dy)] * fallOff(unlikeness);
                red += weight * light[3 * there];
                green += weight * light[3 * there + 1];
                blue += weight * light[3 * there + 2];
                varianceSum += weight * weight * variance[there];
                total += weight;
            }
        }
        nextLight[3 * here] = red / total;
        nextLight[3 * here + 1] = green / total;
        nextLight[3 * here + 2] = blue / total;
        nextVariance[here] = varianceSum / (total * total);
    }

    private void keep(int pixel) {
        System.arraycopy(light, 3 * pixel, nextLight, 3 * pixel, 3);
        nextVariance[pixel] = variance[pixel];
    }

    /** The smaller of the depth's changes to either side, which is the one that stays on the surface. */
    private float slope(int pixel, int before, int after) {
        float back = film.depths[pixel] - film.depths[pixel + before];
        float ahead = film.depths[pixel + after] - film.depths[pixel];
        if (before == 0) {
            return ahead;
        }
        return after != 0 && Math.abs(ahead) < Math.abs(back) ? ahead : back;
    }

    private float varianceAround(int x, int y) {
        float sum = 0;
        float total = 0;
        for (int v = Math.max(y - 1, 0); v <= Math.min(y + 1, height - 1); v++) {
            for (int u = Math.max(x - 1, 0); u <= Math.min(x + 1, width - 1); u++) {
                float weight = (u == x ? 2 : 1) * (v == y ? 2 : 1);
                sum += weight * variance[v * width + u];
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

    /** e to the minus x, nearly, and 0 from 8 on. */
    private static float fallOff(float x) {
        float f = Math.max(1 - x / 8, 0);
        f *= f;
        f *= f;
        return f * f;
    }

    private void swap() {
        float[] light0 = light;
        light = nextLight;
        nextLight = light0;
        float[] variance0 = variance;
        variance = nextVariance;
        nextVariance = variance0;
    }
}
