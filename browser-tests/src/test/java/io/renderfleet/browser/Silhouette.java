package io.renderfleet.browser;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.BitSet;
import javax.imageio.ImageIO;

/** The pixels of a picture that show the red design of these tests. The sky behind it is never red. */
record Silhouette(int width, int height, BitSet pixels) {
    private static final int REDDER = 60;

    static Silhouette of(BufferedImage picture) {
        int width = picture.getWidth();
        BitSet pixels = new BitSet();
        for (int y = 0; y < picture.getHeight(); y++) {
            for (int x = 0; x < width; x++) {
                int rgb = picture.getRGB(x, y);
                if (((rgb >> 16) & 255) - (rgb & 255) > REDDER) {
                    pixels.set(y * width + x);
                }
            }
        }
        return new Silhouette(width, picture.getHeight(), pixels);
    }

    static BufferedImage read(byte[] file) throws IOException {
        BufferedImage picture = ImageIO.read(new ByteArrayInputStream(file));
        if (picture == null) {
            throw new IOException("This is no picture");
        }
        return picture;
    }

    /** The picture in a URL as a canvas makes it, scaled to a size. */
    static BufferedImage read(String dataUrl, int width, int height) throws IOException {
        BufferedImage picture = read(Base64.getDecoder().decode(dataUrl.substring(dataUrl.indexOf(',') + 1)));
        BufferedImage scaled = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                scaled.setRGB(x, y, picture.getRGB((int) ((x + 0.5) * picture.getWidth() / width), (int)
                        ((y + 0.5) * picture.getHeight() / height)));
            }
        }
        return scaled;
    }

    /** The share of all pixels that show the design. */
    double share() {
        return (double) pixels.cardinality() / (width * height);
    }

    /** Intersection over union with another one of the same size: 1 if they are equal. */
    double overlap(Silhouette other) {
        BitSet both = (BitSet) pixels.clone();
        both.and(other.pixels);
        BitSet either = (BitSet) pixels.clone();
        either.or(other.pixels);
        return (double) both.cardinality() / either.cardinality();
    }
}
