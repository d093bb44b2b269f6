package io.renderfleet.render;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** A finished picture: tone-mapped sRGB, 8 bits a channel. The same request gives the same bytes. */
public final class Picture {

    private static final float JPEG_QUALITY = 0.92f;

    private final int width;
    private final int height;
    private final int[] pixels;
    private final long rays;

    Picture(int width, int height, int[] pixels, long rays) {
        this.width = width;
        this.height = height;
        this.pixels = pixels;
        this.rays = rays;
    }

    public int width() {
        return width;
    }

    public int height() {
        return height;
    }

    /** A pixel as 0xRRGGBB; (0, 0) is the upper left. */
    public int rgb(int x, int y) {
        if (x < 0 || x >= width || y < 0 || y >= height) {
            throw new IndexOutOfBoundsException("no pixel at " + x + ", " + y);
        }
        return pixels[y * width + x];
    }

    /** Rays traced for it, shadow rays included. */
    public long rays() {
        return rays;
    }

    /** The picture as a PNG file. */
    public byte[] encodePng() {
        return encode("png");
    }

    /** The picture as a JPEG file of high quality. */
    public byte[] encodeJpeg() {
        return encode("jpeg");
    }

    private byte[] encode(String format) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        image.setRGB(0, 0, width, height, pixels, 0, width);
        ImageWriter writer = ImageIO.getImageWritersByFormatName(format).next();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            ImageWriteParam parameters = writer.getDefaultWriteParam();
            if (parameters.canWriteCompressed() && format.equals("jpeg")) {
                parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
                parameters.setCompressionQuality(JPEG_QUALITY);
            }
            writer.setOutput(out);
            writer.write(null, new IIOImage(image, null, null), parameters);
        } catch (IOException e) {
            throw new UncheckedIOException("writing a " + format + " to memory failed", e);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }
}
