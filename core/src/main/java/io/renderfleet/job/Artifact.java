package io.renderfleet.job;

import io.renderfleet.region.RegionId;

/**
 * A named file that an attempt stored beside the result, such as a log or a preview. Its object in S3 is never
 * overwritten: storing the same name again creates another object, and the earlier one is no longer linked.
 *
 * @param attempt the number of the attempt that stored it, from 1
 * @param id the random part of its key
 * @param region the region whose bucket has the object
 * @param bytes its size
 * @param contentType its media type, at most {@value JobResult#MAX_CONTENT_TYPE} characters
 */
public record Artifact(ArtifactName name, int attempt, FileId id, RegionId region, long bytes, String contentType) {
    /** The most artifacts of a job, and of each attempt. They are part of the job's item, which must stay small. */
    public static final int MAX_NAMES = 16;

    /**
     * The name of a picture of what an attempt has made so far. It is shown while the attempt runs, and dropped from the
     * job when the attempt ends.
     */
    public static final ArtifactName PREVIEW = new ArtifactName("preview.jpg");

    /** @throws IllegalArgumentException when a value is outside its range, or the content type is not a media type */
    public Artifact {
        if (attempt < 1 || bytes < 0) {
            throw new IllegalArgumentException("An artifact has an attempt from 1, and a size from 0.");
        }
        JobResult.checkContentType(contentType);
    }

    public Artifact withBytes(long size) {
        return new Artifact(name, attempt, id, region, size, contentType);
    }
}
