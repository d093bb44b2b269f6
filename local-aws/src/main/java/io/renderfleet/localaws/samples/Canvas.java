package io.renderfleet.localaws.samples;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;

/** Turns functions of the unit square (v downwards, as in glTF) into pictures. */
final class Canvas {

    /** An sRGB colour, {@code 0xRRGGBB} or with alpha in front. */
    @FunctionalInterface
    interface Paint {
        int at(double u, double v);
    }

    /** A height, in units of the square's side. */
    @FunctionalInterface
    interface Relief {
        double at(double u, double v);
    }

    private Canvas() {}

    static BufferedImage paint(int width, int height, Paint paint) {
        return fill(new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB), paint);
    }

    static BufferedImage paintWithAlpha(int width, int height, Paint paint) {
        return fill(new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB), paint);
    }

    /** The tangent-space normal map of a relief that tiles; +y is up in the picture. */
    static BufferedImage normals(int width, int height, Relief relief) {
        double[][] heights = new double[height][width];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                heights[y][x] = relief.at((x + 0.5) / width, (y + 0.5) / height);
            }
        }
        return paint(width, height, (u, v) -> {
            int x = (int) (u * width);
            int y = (int) (v * height);
            double right = heights[y][(x + 1) % width] - heights[y][(x + width - 1) % width];
            double down = heights[(y + 1) % height][x] - heights[(y + height - 1) % height][x];
            Vec3 n = Vec3.of(-right * width / 2, down * height / 2, 1).unit();
            return Colour.rgb(127.5 * (n.x() + 1), 127.5 * (n.y() + 1), 127.5 * (n.z() + 1));
        });
    }

    private static BufferedImage fill(BufferedImage image, Paint paint) {
        int[] pixels = ((DataBufferInt) image.getRaster().getDataBuffer()).getData();
        int width = image.getWidth();
        int height = image.getHeight();
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                pixels[y * width + x] = paint.at((x + 0.5) / width, (y + 0.5) / height);
            }
        }
        return image;
    }
}
