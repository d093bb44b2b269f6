package io.renderfleet.render;

/**
 * The settings of a render.
 *
 * @param width pixels, 1 to 16384
 * @param height pixels, 1 to 16384
 * @param samplesPerPixel the largest number of camera paths per pixel, 1 to 65536
 * @param toneMapping the conversion of radiance to display colours
 * @param maxDepth the largest number of surfaces on a path, 1 to 64
 * @param noiseThreshold the estimated error, relative to a visible difference, below which a pixel takes no more
 *     samples, 0 to 1; with 0 every pixel takes all samples
 * @param denoise whether to remove the remaining noise with a filter that preserves edges and textures
 * @param environment the environment light
 */
public record RenderSettings(
        int width,
        int height,
        int samplesPerPixel,
        ToneMapping toneMapping,
        int maxDepth,
        double noiseThreshold,
        boolean denoise,
        Environment environment) {

    private static final int DEFAULT_MAX_DEPTH = 8;
    private static final double DEFAULT_NOISE_THRESHOLD = 0.06;

    public RenderSettings {
        requireWithin("width", width, 16_384);
        requireWithin("height", height, 16_384);
        requireWithin("samplesPerPixel", samplesPerPixel, 65_536);
        requireWithin("maxDepth", maxDepth, 64);
        if (!(noiseThreshold >= 0 && noiseThreshold <= 1)) {
            throw new IllegalArgumentException("noiseThreshold must be between 0 and 1");
        }
    }

    /**
     * The default settings: neutral tone mapping, paths of up to eight surfaces, noise below the visible threshold,
     * denoising, and the default environment.
     */
    public static RenderSettings of(int width, int height, int samplesPerPixel) {
        return new RenderSettings(
                width,
                height,
                samplesPerPixel,
                ToneMapping.PBR_NEUTRAL,
                DEFAULT_MAX_DEPTH,
                DEFAULT_NOISE_THRESHOLD,
                true,
                Environment.DEFAULT);
    }

    /** The same settings with another tone mapping. */
    public RenderSettings withToneMapping(ToneMapping other) {
        return new RenderSettings(
                width, height, samplesPerPixel, other, maxDepth, noiseThreshold, denoise, environment);
    }

    /** The same settings with another noise threshold. */
    public RenderSettings withNoiseThreshold(double threshold) {
        return new RenderSettings(
                width, height, samplesPerPixel, toneMapping, maxDepth, threshold, denoise, environment);
    }

    /** The same settings with or without denoising. */
    public RenderSettings withDenoise(boolean wanted) {
        return new RenderSettings(
                width, height, samplesPerPixel, toneMapping, maxDepth, noiseThreshold, wanted, environment);
    }

    /** The same settings with another environment. */
    public RenderSettings withEnvironment(Environment other) {
        return new RenderSettings(
                width, height, samplesPerPixel, toneMapping, maxDepth, noiseThreshold, denoise, other);
    }

    private static void requireWithin(String name, int value, int max) {
        if (value < 1 || value > max) {
            throw new IllegalArgumentException(name + " must be between 1 and " + max);
        }
    }
}
