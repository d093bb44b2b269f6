package io.renderfleet.jobtype.inference.image;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How a request or a payload refers to an image. */
public sealed interface ImageUrl {

    /**
     * A data URI.
     *
     * @param base64 the image
     */
    record Data(String base64) implements ImageUrl {
        /** The bytes; empty if the text is not base64. */
        public Optional<byte[]> bytes() {
            try {
                return Optional.of(Base64.getDecoder().decode(base64));
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        }
    }

    /**
     * An https address.
     *
     * @param host in lower case
     */
    record Https(URI uri, String host) implements ImageUrl {}

    /** An uploaded image in a request. */
    record Named(InputName name) implements ImageUrl {}

    /**
     * An uploaded image in a payload.
     *
     * @param digest SHA-256 of the image in lower-case hex
     */
    record Stored(String digest) implements ImageUrl {
        /** The form in which a payload has it. */
        public String text() {
            return BLOBS + digest;
        }
    }

    /** What stands before the name of an uploaded image in a request. */
    String INPUTS = "s3:inputs/";

    /** What stands before the digest of an uploaded image in a payload. No name of an input has a slash. */
    String BLOBS = INPUTS + "blobs/";

    /** Reads the text of a request or a payload; empty if it is none of these. */
    static Optional<ImageUrl> parse(String text) {
        Matcher data = Forms.DATA.matcher(text);
        if (data.matches()) {
            return Optional.of(new Data(data.group(1)));
        }
        if (text.startsWith(BLOBS)) {
            String digest = text.substring(BLOBS.length());
            return Forms.DIGEST.matcher(digest).matches() ? Optional.of(new Stored(digest)) : Optional.empty();
        }
        if (text.startsWith(INPUTS)) {
            String name = text.substring(INPUTS.length());
            return InputName.isValid(name) ? Optional.of(new Named(new InputName(name))) : Optional.empty();
        }
        return https(text);
    }

    private static Optional<ImageUrl> https(String text) {
        try {
            URI uri = new URI(text);
            if (text.length() > Forms.MAX_URL
                    || !"https".equalsIgnoreCase(uri.getScheme())
                    || uri.getHost() == null
                    || uri.getRawUserInfo() != null
                    || uri.getRawFragment() != null) {
                return Optional.empty();
            }
            return Optional.of(new Https(uri, uri.getHost().toLowerCase(Locale.ROOT)));
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    /** The forms of the texts. */
    final class Forms {
        private static final int MAX_URL = 2048;
        private static final Pattern DATA =
                Pattern.compile("data:image/(?:png|jpeg|webp|gif);base64,([A-Za-z0-9+/]++={0,2})");
        private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

        private Forms() {}
    }
}
