package io.renderfleet.render.gltf;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Finds markers in a JPEG by searching its bytes, without parsing them: the structure of the file is for the decoder
 * alone to read, so that two readers cannot disagree about it. A decoder sees no marker that the search does not find.
 * The reverse is possible, because the contents of a segment may look like a marker; the data of pixels never does.
 */
final class JpegMarkers {

    private static final int MARKER = 0xFF;
    private static final int PROGRESSIVE_FRAME = 0xC2;
    private static final int START_OF_SCAN = 0xDA;
    private static final int APP2 = 0xE2;
    private static final int HEADER_BYTES = 4;
    private static final byte[] PROFILE = "ICC_PROFILE\0".getBytes(StandardCharsets.US_ASCII);

    private JpegMarkers() {}

    /**
     * Hides the ICC profile from the decoder: Image I/O converts colours by it, which glTF 2.0 (section 5.19) rules out.
     * Returns the same bytes if there is no profile, or else a copy in which each segment of the profile (ICC.1:2010,
     * B.4) has another name.
     */
    static ByteBuffer withoutProfile(ByteBuffer jpeg) {
        byte[] copy = null;
        byte[] found = new byte[PROFILE.length];
        for (int at = 0; at <= jpeg.limit() - HEADER_BYTES - PROFILE.length; at++) {
            if (isMarker(jpeg, at, APP2)) {
                jpeg.get(at + HEADER_BYTES, found);
                if (Arrays.equals(found, PROFILE)) {
                    if (copy == null) {
                        copy = new byte[jpeg.limit()];
                        jpeg.get(0, copy);
                    }
                    copy[at + HEADER_BYTES] = '-';
                }
            }
        }
        return copy == null ? jpeg : ByteBuffer.wrap(copy);
    }

    /** False only if a decoder needs a single scan: the JPEG is sequential and its scan has all colour components. */
    static boolean mayHaveSeveralScans(ByteBuffer jpeg, int components) {
        for (int at = 0; at < jpeg.limit() - HEADER_BYTES; at++) {
            if (isMarker(jpeg, at, PROGRESSIVE_FRAME)
                    || (isMarker(jpeg, at, START_OF_SCAN) && (jpeg.get(at + HEADER_BYTES) & 0xFF) < components)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isMarker(ByteBuffer jpeg, int at, int marker) {
        return (jpeg.get(at) & 0xFF) == MARKER && (jpeg.get(at + 1) & 0xFF) == marker;
    }
}
