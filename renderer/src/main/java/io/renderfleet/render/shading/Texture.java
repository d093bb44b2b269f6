package io.renderfleet.render.shading;

/** The pixels of an image, row by row from the top, as 8-bit ARGB without premultiplication. Immutable. */
public final class Texture {

    private static final float[] SRGB = new float[256];

    static {
        for (int i = 0; i < 256; i++) {
            double c = i / 255.0;
            SRGB[i] = (float) (c <= 0.04045 ? c / 12.92 : Math.pow((c + 0.055) / 1.055, 2.4));
        }
    }

    final int width;
    final int height;
    final int[] pixels;
    private final float meanLuminance;

    /** Creates a texture that uses the array without copying it. */
    public Texture(int width, int height, int[] pixels) {
        if (width < 1 || height < 1 || pixels.length != width * height) {
            throw new IllegalArgumentException("a texture needs width times height pixels");
        }
        this.width = width;
        this.height = height;
        this.pixels = pixels;
        this.meanLuminance = meanLuminance(pixels);
    }

    public long sizeInBytes() {
        return 4L * pixels.length;
    }

    /** The linear value of an 8-bit sRGB channel. */
    static float linear(int channel) {
        return SRGB[channel & 0xFF];
    }

    /**
     * The mean linear luminance of all pixels, which are interpreted as sRGB. Cached, because every light sample needs
     * it.
     */
    public float meanLuminance() {
        return meanLuminance;
    }

    private static float meanLuminance(int[] pixels) {
        double sum = 0;
        for (int pixel : pixels) {
            sum += 0.2126f * linear(pixel >> 16) + 0.7152f * linear(pixel >> 8) + 0.0722f * linear(pixel);
        }
        return (float) (sum / pixels.length);
    }
}
