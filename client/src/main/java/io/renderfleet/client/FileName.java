package io.renderfleet.client;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The name of a file that someone else chose, in the header {@code Content-Disposition} (RFC 6266). It is the name of a
 * plain file in any directory: it has no parts of a path, no characters that a file system or a terminal treats in a
 * special way, and does not begin with a dot.
 */
final class FileName {
    /** File systems allow 255 bytes, and a character can take four. */
    private static final int MAX = 60;

    private static final int MAX_HEADER = 2_000;

    private static final Pattern EXTENDED =
            Pattern.compile("(?i);\\s*filename\\*\\s*=\\s*UTF-8'[^']*'([A-Za-z0-9!#$&+.^_`|~%-]+)");
    private static final Pattern QUOTED = Pattern.compile("(?i);\\s*filename\\s*=\\s*\"((?:[^\"\\\\]|\\\\.)*+)\"");
    private static final Pattern TOKEN = Pattern.compile("(?i);\\s*filename\\s*=\\s*([^\\s\";]+)");

    private FileName() {}

    /**
     * The name in a header.
     *
     * @param header empty for none
     * @param otherwise the name if the header has none that can be used
     */
    static String of(String header, String otherwise) {
        String safe = safe(header.length() > MAX_HEADER ? "" : named(header));
        if (!safe.isEmpty()) {
            return safe;
        }
        String other = safe(otherwise);
        return other.isEmpty() ? "download" : other;
    }

    private static String named(String header) {
        String extended = group(EXTENDED, header);
        String quoted = group(QUOTED, header);
        String token = group(TOKEN, header);
        if (extended != null) {
            return decoded(extended);
        }
        return quoted != null ? quoted.replaceAll("\\\\(.)", "$1") : token != null ? token : "";
    }

    private static @Nullable String group(Pattern pattern, String header) {
        Matcher matcher = pattern.matcher(header);
        return matcher.find() ? matcher.group(1) : null;
    }

    private static String decoded(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) != '%') {
                bytes.write(text.charAt(i));
            } else if (i + 2 < text.length() && isHex(text.charAt(i + 1)) && isHex(text.charAt(i + 2))) {
                bytes.write(HexFormat.fromHexDigits(text, i + 1, i + 3));
                i += 2;
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static boolean isHex(char digit) {
        return HexFormat.isHexDigit(digit);
    }

    private static String safe(String name) {
        String last = name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
        String plain =
                last.replaceAll("[^\\p{L}\\p{M}\\p{N} ._()+@,-]", "-").strip().replaceAll("^[. -]+|[. ]+$", "");
        int length = plain.codePointCount(0, plain.length());
        if (length <= MAX) {
            return plain;
        }
        int dot = plain.lastIndexOf('.');
        String extension = dot > 0 && plain.length() - dot <= 10 ? plain.substring(dot) : "";
        int kept = plain.offsetByCodePoints(0, MAX - extension.length());
        return plain.substring(0, kept) + extension;
    }
}
