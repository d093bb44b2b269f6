package io.renderfleet.blob;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The headers with which a stored file is delivered. They do not follow the type that the job gave the file: a browser
 * shows only pictures and plain text, which cannot contain scripts, and saves every other file.
 *
 * @param contentType the value of {@code Content-Type}
 * @param disposition the value of {@code Content-Disposition} (RFC 6266), with a file name
 */
public record DownloadHeaders(String contentType, String disposition) {
    /** A quotation mark or a backslash ends or escapes a quoted string, and some clients decode percent signs in it. */
    private static final Pattern UNCLEAR = Pattern.compile("[^ -~]|[\"\\\\%]");

    private static final String PLAIN_TEXT = "text/plain";
    private static final Set<String> PICTURES =
            Set.of("image/png", "image/jpeg", "image/webp", "image/gif", "image/avif");

    /** The headers of a result or an artifact. */
    public static DownloadHeaders of(StoredFile file) {
        String type = file.contentType().split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        String name = name(file.fileName());
        if (type.equals(PLAIN_TEXT)) {
            return new DownloadHeaders(PLAIN_TEXT + ";charset=utf-8", "inline; " + name);
        }
        return PICTURES.contains(type)
                ? new DownloadHeaders(type, "inline; " + name)
                : new DownloadHeaders("application/octet-stream", "attachment; " + name);
    }

    /**
     * The parameters with a file name. Clients that do not know {@code filename*} (RFC 8187) get the name with underscores
     * for all characters that could be misunderstood.
     */
    private static String name(String fileName) {
        String plain = UNCLEAR.matcher(fileName).replaceAll("_");
        String name = "filename=\"" + plain + "\"";
        return plain.equals(fileName)
                ? name
                : name + "; filename*=UTF-8''"
                        + URLEncoder.encode(fileName, StandardCharsets.UTF_8)
                                .replace("+", "%20")
                                .replace("*", "%2A");
    }
}
