package io.renderfleet.jobtype.render.design;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A design as clients see it.
 *
 * @param digest SHA-256 of the file
 * @param bytes the file's size
 * @param storedAt when the name was last given to these bytes
 * @param triangles over all instances
 * @param bounds the box around everything that is drawn, in the file's units
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
        Bounds bounds) {

    /** The lowest and the highest x, y and z. */
    @Schema(name = "Bounds")
    record Bounds(List<Double> min, List<Double> max) {}

    static DesignView of(Design design) {
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
                new Bounds(contents.min(), contents.max()));
    }

    /** A design's name and when it was last given. */
    @Schema(name = "DesignEntry")
    record Entry(
            @Schema(type = "string", example = "test-design-1")
            DesignId designId,

            Instant storedAt) {}

    /**
     * Designs in the order of their names.
     *
     * @param next the cursor of the next page; left out when there is none
     */
    @Schema(name = "DesignPage")
    record Page(List<Entry> items, @Nullable String next) {}
}
