package io.renderfleet.render;

import java.time.Duration;

/**
 * The limits of a scene's size. They are checked before memory is allocated for sizes that the file declares.
 *
 * @param maxFileBytes the largest size of the file in bytes, below 2 GiB
 * @param maxTriangles the largest number of drawn triangles, counting each instance of a mesh, up to 50 million
 * @param maxTexturePixels the largest number of pixels of one image
 * @param maxDecodedBytes the largest size of all decoded textures and geometry together in bytes
 * @param maxNodes the largest number of nodes in the file
 * @param maxMemory the largest memory of this process in bytes in which a file is read, including the memory of its
 *     textures and geometry and native memory of image decoders
 * @param maxReadingTime the longest time to read a file, after which it is refused
 */
public record SceneLimits(
        long maxFileBytes,
        long maxTriangles,
        long maxTexturePixels,
        long maxDecodedBytes,
        int maxNodes,
        long maxMemory,
        Duration maxReadingTime) {

    public SceneLimits {
        if (maxFileBytes < 1
                || maxTriangles < 1
                || maxTexturePixels < 1
                || maxDecodedBytes < 1
                || maxNodes < 1
                || maxMemory < 1) {
            throw new IllegalArgumentException("scene limits must be positive");
        }
        if (!maxReadingTime.isPositive()) {
            throw new IllegalArgumentException("maxReadingTime must be positive");
        }
        if (maxFileBytes > Integer.MAX_VALUE - 16) {
            throw new IllegalArgumentException("maxFileBytes must stay below 2 GiB");
        }
        if (maxTriangles > 50_000_000) {
            throw new IllegalArgumentException("maxTriangles must be at most 50 million");
        }
    }

    /** The default limits for a process that reads one file at a time: half of its heap is for that. */
    public static SceneLimits defaults() {
        return forMemory(Runtime.getRuntime().maxMemory() / 2);
    }

    /**
     * The default limits: 64 MiB, 5 million triangles, 64 megapixels per image, 1 GiB decoded, 100,000 nodes, and one
     * minute, in which even a busy machine reads the largest file.
     *
     * @param bytes the memory for one file; more than 2 GiB is not used
     */
    public static SceneLimits forMemory(long bytes) {
        return new SceneLimits(
                64L << 20, 5_000_000, 64_000_000, 1L << 30, 100_000, Math.min(bytes, 2L << 30), Duration.ofMinutes(1));
    }

    /** These limits with another time limit. */
    public SceneLimits withMaxReadingTime(Duration time) {
        return new SceneLimits(
                maxFileBytes, maxTriangles, maxTexturePixels, maxDecodedBytes, maxNodes, maxMemory, time);
    }

    /** These limits with another limit of memory in bytes. */
    public SceneLimits withMaxMemory(long bytes) {
        return new SceneLimits(
                maxFileBytes, maxTriangles, maxTexturePixels, maxDecodedBytes, maxNodes, bytes, maxReadingTime);
    }
}
