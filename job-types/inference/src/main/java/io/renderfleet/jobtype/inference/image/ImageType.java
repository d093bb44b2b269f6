package io.renderfleet.jobtype.inference.image;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** The types of images that models read. The type of an image follows from its first bytes, whatever its sender says. */
public enum ImageType {
    PNG("image/png", "\u0089PNG\r\n\u001a\n"),
    JPEG("image/jpeg", "\u00ff\u00d8\u00ff"),
    GIF("image/gif", "GIF8"),
    WEBP("image/webp", "RIFF");

    /** The number of first bytes that {@link #of} needs. */
    public static final int HEAD = 12;

    private final String mediaType;
    private final String start;

    ImageType(String mediaType, String start) {
        this.mediaType = mediaType;
        this.start = start;
    }

    /** The media type, such as image/png. */
    public String mediaType() {
        return mediaType;
    }

    /** The type of an image; empty if the bytes do not begin as an image does. */
    public static Optional<ImageType> of(byte[] bytes) {
        return Arrays.stream(values()).filter(type -> type.begins(bytes)).findFirst();
    }

    private boolean begins(byte[] bytes) {
        if (bytes.length < HEAD) {
            return false;
        }
        String head = new String(bytes, 0, HEAD, StandardCharsets.ISO_8859_1);
        return head.startsWith(start) && (this != WEBP || head.endsWith("WEBP"));
    }
}
