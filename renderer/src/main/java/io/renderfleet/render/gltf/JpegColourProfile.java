package io.renderfleet.render.gltf;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Removes the ICC profile of a JPEG before it is decoded. Image I/O converts colours by that profile while it decodes,
 * which glTF 2.0 (section 5.19) rules out, and refuses files whose profile is damaged.
 */
final class JpegColourProfile {

    private static final int APP2 = 0xE2;
    private static final int START_OF_SCAN = 0xDA;
    private static final byte[] SIGNATURE = "ICC_PROFILE\0".getBytes(StandardCharsets.US_ASCII);

    private JpegColourProfile() {}

    /** The same file without the segments of its profile (ICC.1:2010, B.4). */
    static byte[] removedFrom(byte[] jpeg) {
        ByteArrayOutputStream kept = new ByteArrayOutputStream(jpeg.length);
        int at = 2;
        kept.write(jpeg, 0, at);
        while (at + 4 <= jpeg.length && (jpeg[at] & 0xFF) == 0xFF) {
            int marker = jpeg[at + 1] & 0xFF;
            if (marker == 0xFF) {
                // A fill byte, of which any number may come before a marker.
                at++;
                continue;
            }
            int end = at + 2 + ((jpeg[at + 2] & 0xFF) << 8 | (jpeg[at + 3] & 0xFF));
            if (marker == START_OF_SCAN || end > jpeg.length) {
                break;
            }
            if (marker != APP2 || !startsWithSignature(jpeg, at + 4, end)) {
                kept.write(jpeg, at, end - at);
            }
            at = end;
        }
        kept.write(jpeg, at, jpeg.length - at);
        return kept.toByteArray();
    }

    private static boolean startsWithSignature(byte[] jpeg, int from, int end) {
        return end - from >= SIGNATURE.length
                && Arrays.equals(jpeg, from, from + SIGNATURE.length, SIGNATURE, 0, SIGNATURE.length);
    }
}
