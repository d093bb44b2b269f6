package io.renderfleet.render;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;
import java.awt.image.DirectColorModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** A rendered picture: tone-mapped sRGB with 8 bits per channel. Immutable. The same request gives the same bytes. */
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

    /** A pixel as 0xRRGGBB; (0, 0) is the upper left pixel. */
    public int rgb(int x, int y) {
        if (x < 0 || x >= width || y < 0 || y >= height) {
            throw new IndexOutOfBoundsException("no pixel at " + x + ", " + y);
        }
        return pixels[y * width + x];
    }

    /** The number of rays that were traced for the picture, including shadow rays. */
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

    /** Writes the picture as a PNG file; does not close the stream. */
    public void writePng(OutputStream out) throws IOException {
        write("png", out);
    }

    /** Writes the picture as a JPEG file of high quality; does not close the stream. */
    public void writeJpeg(OutputStream out) throws IOException {
        write("jpeg", out);
    }

    /** The pixels as an image that shares the array, because a copy of a large picture takes tens of megabytes. */
    private BufferedImage image() {
        DirectColorModel model = new DirectColorModel(24, 0xFF0000, 0xFF00, 0xFF);
        WritableRaster raster = Raster.createPackedRaster(
                new DataBufferInt(pixels, pixels.length), width, height, width, model.getMasks(), null);
        return new BufferedImage(model, raster, false, null);
    }

    private byte[] encode(String format) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            write(format, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException("writing a " + format + " to memory failed", e);
        }
        return bytes.toByteArray();
    }

    private void write(String format, OutputStream stream) throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName(format).next();
        try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(stream)) {
            ImageWriteParam parameters = writer.getDefaultWriteParam();
            if (parameters.canWriteCompressed() && format.equals("jpeg")) {
                parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
                parameters.setCompressionQuality(JPEG_QUALITY);
            }
            writer.setOutput(out);
            writer.write(null, new IIOImage(image(), null, null), parameters);
        } finally {
            writer.dispose();
        }
    }
}
