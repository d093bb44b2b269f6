package io.renderfleet.job;

import java.util.regex.Pattern;
import org.springframework.util.MimeTypeUtils;

/**
 * The result of a completed job: what does not follow from the job itself. Its bucket and key also depend on the job's
 * id, on the number of its last attempt and on the region of that attempt.
 *
 * @param id the random part of its key
 * @param extension of its name, without a dot: 1 to {@value #MAX_EXTENSION} of a-z and 0-9
 * @param bytes its size
 * @param contentType its media type, at most {@value #MAX_CONTENT_TYPE} characters
 */
public record JobResult(FileId id, String extension, long bytes, String contentType) {
    static final int MAX_CONTENT_TYPE = 100;
    private static final int MAX_EXTENSION = 10;
    private static final Pattern EXTENSION = Pattern.compile("[a-z0-9]{1," + MAX_EXTENSION + "}");

    /** @throws IllegalArgumentException when a value is outside its range, or the content type is not a media type */
    public JobResult {
        if (!EXTENSION.matcher(extension).matches()) {
            throw new IllegalArgumentException(
                    "The extension of a result has 1 to " + MAX_EXTENSION + " characters of a-z and 0-9.");
        }
        if (bytes < 0) {
            throw new IllegalArgumentException("A result has a size from 0.");
        }
        checkContentType(contentType);
    }

    public JobResult withBytes(long size) {
        return new JobResult(id, extension, size, contentType);
    }

    static void checkContentType(String contentType) {
        if (contentType.length() > MAX_CONTENT_TYPE) {
            throw new IllegalArgumentException(
                    "The content type of a result or an artifact has at most " + MAX_CONTENT_TYPE + " characters.");
        }
        MimeTypeUtils.parseMimeType(contentType);
    }
}
