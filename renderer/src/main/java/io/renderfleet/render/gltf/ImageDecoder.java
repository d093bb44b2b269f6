package io.renderfleet.render.gltf;

import io.renderfleet.render.InvalidSceneException;
import io.renderfleet.render.RenderCancelledException;
import java.awt.image.BufferedImage;
import java.awt.image.SampleModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;
import org.jspecify.annotations.Nullable;

/**
 * The decoder of one PNG or JPEG. Its size is read by the same Image I/O reader that decodes the pixels, so that a file
 * cannot show one size to a check and another one to the decoder. The MIME type in the file is ignored.
 */
final class ImageDecoder implements AutoCloseable {

    /**
     * The size of an image.
     *
     * @param width in pixels
     * @param height in pixels
     */
    record Size(int width, int height) {

        long pixels() {
            return (long) width * height;
        }
    }

    private static final long PNG_SIGNATURE = 0x89504E470D0A1A0AL;
    private static final int JPEG_START = 0xFFD8;

    /** The sides of the largest unit in which a JPEG is encoded: four blocks of eight samples. */
    private static final int JPEG_UNIT = 32;

    /** A decoder of JPEGs with several scans keeps a coefficient of two bytes for each sample. */
    private static final int COEFFICIENT_BYTES = 2;

    /** The samples of a row while Image I/O and {@link PixelSamples} convert them, and the rows before it. */
    private static final int ROW_BYTES_PER_PIXEL = 64;

    /** The chunks of a PNG with a palette are kept in arrays of up to four times their size. */
    private static final int METADATA_COPIES = 4;

    private final int index;
    private final Budget budget;
    private final ByteBuffer file;
    private final boolean jpeg;
    private final ImageReader reader;
    private int components;

    private ImageDecoder(ByteBuffer file, boolean jpeg, int index, Budget budget) {
        this.index = index;
        this.budget = budget;
        this.jpeg = jpeg;
        this.file = file;
        reader = ImageIO.getImageReadersByFormatName(jpeg ? "jpeg" : "png").next();
        reader.setInput(new BufferInput(jpeg ? JpegMarkers.withoutProfile(file) : file), true, true);
    }

    /**
     * Opens an image.
     *
     * @param image the encoded image, from 0 to the buffer's limit
     * @param index the image's number in the file, for messages
     */
    static ImageDecoder of(ByteBuffer image, int index, Budget budget) {
        ByteBuffer file = image.duplicate().order(ByteOrder.BIG_ENDIAN);
        boolean png = file.limit() >= 8 && file.getLong(0) == PNG_SIGNATURE;
        boolean jpeg = file.limit() >= 2 && (file.getShort(0) & 0xFFFF) == JPEG_START;
        if (!png && !jpeg) {
            throw new InvalidSceneException(
                    "unsupported-image",
                    "Image " + index + " of the glTF is neither a PNG nor a JPEG; save it as one of them.");
        }
        // The profile of a JPEG is hidden in a copy.
        budget.requireMemory(file.limit());
        return new ImageDecoder(file, jpeg, index, budget);
    }

    /** Reads the size, and refuses a JPEG that cannot be shown as grey or RGB. */
    Size size() {
        try {
            Size size = new Size(reader.getWidth(0), reader.getHeight(0));
            if (jpeg) {
                requireGreyOrColour();
            }
            if (size.width() < 1 || size.height() < 1) {
                throw invalidHeader(null);
            }
            return size;
        } catch (InvalidSceneException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // Image I/O throws various runtime exceptions for invalid files.
            throw invalidHeader(e);
        }
    }

    /**
     * Decodes the pixels.
     *
     * @param checked the size for which the caller has reserved memory; an image of any other size is refused
     */
    BufferedImage decode(Size checked) {
        requireSame(checked, size());
        try {
            budget.requireMemory(rasterBytes(checked)
                    + (long) METADATA_COPIES * file.limit()
                    + (long) ROW_BYTES_PER_PIXEL * checked.width());
            if (jpeg && JpegMarkers.mayHaveSeveralScans(file, components)) {
                requireCoefficients(checked);
            }
            BufferedImage image = watched();
            requireSame(checked, new Size(image.getWidth(), image.getHeight()));
            return image;
        } catch (InvalidSceneException | RenderCancelledException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throwIfOutOfMemory(e);
            throw new InvalidSceneException("corrupt-image", name() + " cannot be decoded; export it again.", e);
        }
    }

    private BufferedImage watched() throws IOException {
        DecodingWatch watch = new DecodingWatch(reader, budget);
        try {
            return reader.read(0);
        } finally {
            watch.throwIfAborted();
        }
    }

    /** The decoder's own answer to how it stores a pixel. */
    private long rasterBytes(Size size) throws IOException {
        Iterator<ImageTypeSpecifier> types = reader.getImageTypes(0);
        if (!types.hasNext()) {
            throw new IOException("Image I/O cannot represent the image");
        }
        SampleModel samples = types.next().getSampleModel();
        long bits = 0;
        for (int band = 0; band < samples.getNumBands(); band++) {
            bits += samples.getSampleSize(band);
        }
        return Math.ceilDiv(bits * size.pixels(), 8);
    }

    /** A decoder of several scans keeps the coefficients of the whole image in native memory. */
    private void requireCoefficients(Size size) {
        long bytes = (long) COEFFICIENT_BYTES
                * components
                * Math.ceilDiv(size.width(), JPEG_UNIT)
                * Math.ceilDiv(size.height(), JPEG_UNIT)
                * JPEG_UNIT
                * JPEG_UNIT;
        if (!budget.hasNativeMemory(bytes)) {
            throw new InvalidSceneException(
                    "texture-too-large",
                    name() + " is a JPEG of " + size.width() + " x " + size.height()
                            + " pixels with several scans, which takes more memory to decode than there is for it; save"
                            + " it as a baseline JPEG instead of a progressive one, or with fewer pixels.");
        }
    }

    /** Refuses four components, which are CMYK or YCCK and can be converted to RGB only with a colour profile. */
    private void requireGreyOrColour() throws IOException {
        Iterator<ImageTypeSpecifier> types = reader.getImageTypes(0);
        components = types.hasNext() ? types.next().getNumBands() : 0;
        if (components != 1 && components != 3) {
            throw new InvalidSceneException(
                    "unsupported-image",
                    name() + " is a JPEG with " + (components == 0 ? "unknown" : components)
                            + " colour components, such as CMYK; save it as RGB or grey, and export the glTF again.");
        }
    }

    private void requireSame(Size checked, Size found) {
        if (!found.equals(checked)) {
            throw new InvalidSceneException(
                    "corrupt-image",
                    name() + " declares " + checked.width() + " x " + checked.height() + " pixels but has "
                            + found.width() + " x " + found.height() + "; export it again.");
        }
    }

    private InvalidSceneException invalidHeader(@Nullable Exception cause) {
        String message = name() + " has an invalid header; export it again.";
        return cause == null
                ? new InvalidSceneException("corrupt-image", message)
                : new InvalidSceneException("corrupt-image", message, cause);
    }

    private String name() {
        return "Image " + index + " of the glTF";
    }

    /** Image I/O wraps this error, which says nothing about the file. */
    private static void throwIfOutOfMemory(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof OutOfMemoryError error) {
                throw error;
            }
        }
    }

    @Override
    public void close() {
        reader.dispose();
    }
}
