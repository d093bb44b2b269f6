package io.renderfleet.jobtype.render.design;

import io.swagger.v3.oas.annotations.media.Schema;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.util.UriUtils;

/**
 * The JSON representation of a design.
 *
 * @param digest SHA-256 of the file in lower-case hex
 * @param bytes the size of the file in bytes
 * @param storedAt when the id was last assigned to this file
 * @param triangles the number of triangles of all instances
 * @param bounds the bounding box of the scene, in the file's units
 * @param shared whether it is in the library that all users share
 * @param thumbnail whether it has a thumbnail
 */
@Schema(name = "Design")
record DesignView(
        @Schema(type = "string", example = "test-design-1") DesignId designId,
        String digest,
        long bytes,
        @Schema(example = "model/gltf-binary") String contentType,
        Instant storedAt,
        int nodes,
        int meshes,
        int materials,
        int textures,
        int lights,
        long triangles,
        Bounds bounds,
        boolean shared,
        boolean thumbnail,
        Links links) {

    /** The smallest and the largest x, y and z. */
    @Schema(name = "Bounds")
    record Bounds(List<Double> min, List<Double> max) {}

    /**
     * Addresses below that of the API.
     *
     * @param self the properties of the design
     * @param content its file
     * @param thumbnail its thumbnail; omitted if it has none
     */
    @Schema(name = "DesignLinks")
    record Links(
            @Schema(example = "/designs/test-design-1?shared=true")
            String self,

            @Schema(example = "/designs/test-design-1/content?shared=true")
            String content,

            @Schema(example = "/designs/test-design-1/thumbnail?shared=true") @Nullable
            String thumbnail) {

        /** @param userId the {@code userId} of the request; null if it was left out */
        private static Links of(Design design, boolean shared, @Nullable String userId) {
            String path = "/designs/" + design.id();
            String query = "";
            if (shared) {
                query = "?shared=true";
            } else if (userId != null) {
                query = "?userId=" + UriUtils.encode(userId, StandardCharsets.UTF_8);
            }
            return new Links(
                    path + query, path + "/content" + query, design.thumbnail() ? path + "/thumbnail" + query : null);
        }
    }

    /** @param userId the {@code userId} of the request; null if it was left out */
    static DesignView of(Design design, boolean shared, @Nullable String userId) {
        Design.Contents contents = design.contents();
        return new DesignView(
                design.id(),
                design.digest(),
                design.bytes(),
                design.contentType(),
                design.storedAt(),
                contents.nodes(),
                contents.meshes(),
                contents.materials(),
                contents.textures(),
                contents.lights(),
                contents.triangles(),
                new Bounds(contents.min(), contents.max()),
                shared,
                design.thumbnail(),
                Links.of(design, shared, userId));
    }

    /** A design's id and when it was last assigned. */
    @Schema(name = "DesignEntry")
    record Entry(
            @Schema(type = "string", example = "test-design-1")
            DesignId designId,

            Instant storedAt) {}

    /**
     * A page of designs in the order of their ids.
     *
     * @param next the cursor of the next page; omitted on the last page
     */
    @Schema(name = "DesignPage")
    record Page(List<Entry> items, @Nullable String next) {}
}
