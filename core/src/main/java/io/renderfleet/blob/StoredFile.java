package io.renderfleet.blob;

import io.renderfleet.region.RegionId;

/**
 * The location of a result or an artifact in S3. Only {@link ResultLocations} gives one to others, so that it is always
 * below the prefix of its job.
 */
public final class StoredFile {
    private final RegionId region;
    private final String bucket;
    private final String key;
    private final String contentType;
    private final String fileName;

    StoredFile(RegionId region, String bucket, String key, String contentType, String fileName) {
        this.region = region;
        this.bucket = bucket;
        this.key = key;
        this.contentType = contentType;
        this.fileName = fileName;
    }

    public RegionId region() {
        return region;
    }

    public String bucket() {
        return bucket;
    }

    public String key() {
        return key;
    }

    /** The media type that the job gave the file. */
    String contentType() {
        return contentType;
    }

    /** The name under which a browser saves the file. It has no control characters and no separators of paths. */
    String fileName() {
        return fileName;
    }

    StoredFile named(String name) {
        return new StoredFile(region, bucket, key, contentType, name);
    }
}
