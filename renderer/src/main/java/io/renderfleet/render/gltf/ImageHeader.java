package io.renderfleet.render.gltf;

import io.renderfleet.render.InvalidSceneException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The header of an image, read without decoding pixels.
 *
 * @param format the format's name in Image I/O: png or jpeg
 * @param width in pixels
 * @param height in pixels
 */
record ImageHeader(String format, int width, int height) {

    static final String JPEG = "jpeg";

    private static final long PNG_SIGNATURE = 0x89504E470D0A1A0AL;
    private static final int IHDR = 0x49484452;
    private static final int JPEG_START = 0xFFD8;

    /** Reads the header of a PNG or JPEG. The MIME type in the file is ignored. */
    static ImageHeader of(ByteBuffer image, int index) {
        ByteBuffer bytes = image.duplicate().order(ByteOrder.BIG_ENDIAN);
        ImageHeader header = null;
        if (bytes.limit() >= 8 && bytes.getLong(0) == PNG_SIGNATURE) {
            header = png(bytes);
        } else if (bytes.limit() >= 2 && (bytes.getShort(0) & 0xFFFF) == JPEG_START) {
            header = jpeg(bytes, index);
        } else {
            throw new InvalidSceneException(
                    "unsupported-image", "Image " + index + " of the glTF is neither a PNG nor a JPEG.");
        }
        if (header == null || header.width < 1 || header.height < 1) {
            throw new InvalidSceneException(
                    "corrupt-image", "Image " + index + " of the glTF has an invalid header; export it again.");
        }
        return header;
    }

    long pixels() {
        return (long) width * height;
    }

    private static @org.jspecify.annotations.Nullable ImageHeader png(ByteBuffer bytes) {
        return bytes.limit() >= 24 && bytes.getInt(12) == IHDR
                ? new ImageHeader("png", bytes.getInt(16), bytes.getInt(20))
                : null;
    }

    /** Skips the segments of a JPEG up to the start of frame, which contains the size (ITU T.81, B.2.2). */
    private static @org.jspecify.annotations.Nullable ImageHeader jpeg(ByteBuffer bytes, int index) {
        int at = 2;
        while (at + 10 <= bytes.limit()) {
            if ((bytes.get(at) & 0xFF) != 0xFF) {
                return null;
            }
            int marker = bytes.get(at + 1) & 0xFF;
            if (marker == 0xFF) {
                at++;
                continue;
            }
            boolean frame = marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
            if (frame && bytes.get(at + 9) == 0) {
                return null;
            }
            if (frame) {
                requireGreyOrColour(bytes.get(at + 9) & 0xFF, index);
                return new ImageHeader(JPEG, bytes.getShort(at + 7) & 0xFFFF, bytes.getShort(at + 5) & 0xFFFF);
            }
            int length = bytes.getShort(at + 2) & 0xFFFF;
            if (length < 2) {
                return null;
            }
            at += 2 + length;
        }
        return null;
    }

    /** Refuses four components, which are CMYK or YCCK and can be converted to RGB only with a colour profile. */
    private static void requireGreyOrColour(int components, int index) {
        if (components == 2 || components > 3) {
            throw new InvalidSceneException(
                    "unsupported-image",
                    "Image " + index + " of the glTF is a JPEG with " + components
                            + " colour components, such as CMYK; save it as RGB or grey, and export the glTF again.");
        }
    }
}
