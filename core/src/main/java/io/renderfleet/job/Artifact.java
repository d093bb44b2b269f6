package io.renderfleet.job;

import io.renderfleet.region.RegionId;
import org.springframework.util.MimeTypeUtils;

/**
 * A named file that an attempt stored beside the result, such as a log or a preview. Its object in S3 is never
 * overwritten: storing the same name again creates another version.
 *
 * @param attempt the number of the attempt that stored it, from 1
 * @param version the number of files that the attempt had stored, including this one
 * @param region the region whose bucket has the object
 * @param bytes its size
 * @param contentType its media type, at most {@value #MAX_CONTENT_TYPE} characters
 */
public record Artifact(ArtifactName name, int attempt, int version, RegionId region, long bytes, String contentType) {
    /** The most artifacts of a job, and of each attempt. They are part of the job's item, which must stay small. */
    public static final int MAX_NAMES = 16;

    private static final int MAX_CONTENT_TYPE = 100;

    /** @throws IllegalArgumentException when a value is outside its range, or the content type is not a media type */
    public Artifact {
        if (attempt < 1 || version < 1 || bytes < 0) {
            throw new IllegalArgumentException("An artifact has an attempt and a version from 1, and a size from 0.");
        }
        if (contentType.length() > MAX_CONTENT_TYPE) {
            throw new IllegalArgumentException(
                    "The content type of an artifact has at most " + MAX_CONTENT_TYPE + " characters.");
        }
        MimeTypeUtils.parseMimeType(contentType);
    }

    public Artifact withBytes(long size) {
        return new Artifact(name, attempt, version, region, size, contentType);
    }
}
