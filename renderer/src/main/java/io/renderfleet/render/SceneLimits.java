package io.renderfleet.render;

/**
 * How large a scene may be; checked before memory is taken for what the file declares.
 *
 * @param maxFileBytes bytes of the file
 * @param maxTriangles triangles drawn, counting each instance of a mesh
 * @param maxTexturePixels pixels of one image
 * @param maxDecodedBytes bytes of all decoded textures and geometry together
 * @param maxNodes nodes in the file
 */
public record SceneLimits(
        long maxFileBytes, long maxTriangles, long maxTexturePixels, long maxDecodedBytes, int maxNodes) {

    public SceneLimits {
        if (maxFileBytes < 1 || maxTriangles < 1 || maxTexturePixels < 1 || maxDecodedBytes < 1 || maxNodes < 1) {
            throw new IllegalArgumentException("scene limits must be positive");
        }
        if (maxFileBytes > Integer.MAX_VALUE - 16) {
            throw new IllegalArgumentException("maxFileBytes must stay below 2 GiB");
        }
        if (maxTriangles > 50_000_000) {
            throw new IllegalArgumentException("maxTriangles must be at most 50 million");
        }
    }

    /** 64 MiB, 5 million triangles, 64 megapixels an image, 1 GiB decoded, 100,000 nodes. */
    public static SceneLimits defaults() {
        return new SceneLimits(64L << 20, 5_000_000, 64_000_000, 1L << 30, 100_000);
    }
}
