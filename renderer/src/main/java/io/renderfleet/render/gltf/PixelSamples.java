package io.renderfleet.render.gltf;

import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.Raster;

/**
 * Reads the pixels of a decoded image as the file stores them. {@link BufferedImage#getRGB} converts from the image's
 * colour space to sRGB, and AWT's grey colour space is linear, so that it makes every grey image lighter. The glTF 2.0
 * specification (section 5.19) rules out any such conversion: colour space information in an image is ignored, and the
 * material that uses the image decides what its values mean.
 */
final class PixelSamples {

    private static final int OPAQUE = 0xFF;

    private PixelSamples() {}

    /** All pixels, row by row from the top, as 8-bit ARGB without premultiplication; grey fills red, green and blue. */
    static int[] argb(BufferedImage image) {
        int width = image.getWidth();
        int height = image.getHeight();
        if (!(image.getColorModel() instanceof ComponentColorModel)) {
            // A palette: its entries are 8-bit RGB, which getRGB looks up without converting them.
            return image.getRGB(0, 0, width, height, null, 0, width);
        }
        Raster raster = image.getRaster();
        int bands = raster.getNumBands();
        boolean colour = bands >= 3;
        int alphaBand = bands == 2 || bands == 4 ? bands - 1 : -1;
        int most = (1 << raster.getSampleModel().getSampleSize(0)) - 1;
        int[] pixels = new int[width * height];
        int[] row = new int[width * bands];
        for (int y = 0; y < height; y++) {
            raster.getPixels(0, y, width, 1, row);
            for (int x = 0; x < width; x++) {
                int at = x * bands;
                int red = eightBits(row[at], most);
                int green = colour ? eightBits(row[at + 1], most) : red;
                int blue = colour ? eightBits(row[at + 2], most) : red;
                int alpha = alphaBand < 0 ? OPAQUE : eightBits(row[at + alphaBand], most);
                pixels[y * width + x] = alpha << 24 | red << 16 | green << 8 | blue;
            }
        }
        return pixels;
    }

    /** The nearest 8-bit value to a sample, as the PNG specification rescales samples. */
    private static int eightBits(int sample, int most) {
        return most == OPAQUE ? sample : (sample * OPAQUE + most / 2) / most;
    }
}
