package io.renderfleet.jobtype.render.design;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The JSON representation of a design.
 *
 * @param digest SHA-256 of the file in lower-case hex
 * @param bytes the size of the file in bytes
 * @param storedAt when the id was last assigned to this file
 * @param triangles the number of triangles of all instances
 * @param bounds the bounding box of the scene, in the file's units
 * @param shared whether it is in the library that all users share
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
        boolean shared) {

    /** The smallest and the largest x, y and z. */
    @Schema(name = "Bounds")
    record Bounds(List<Double> min, List<Double> max) {}

    static DesignView of(Design design, boolean shared) {
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
                shared);
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
