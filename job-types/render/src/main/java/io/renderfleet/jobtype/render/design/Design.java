package io.renderfleet.jobtype.render.design;

import java.time.Instant;
import java.util.List;

/**
 * A stored design. Its name points at its bytes, which are kept under their own digest: giving the name to other
 * bytes changes no job that was accepted before.
 *
 * @param digest SHA-256 of the bytes in lower-case hex
 * @param bytes the file's size
 * @param contentType {@code model/gltf-binary} or {@code model/gltf+json}
 * @param storedAt when the name was last given to these bytes
 */
public record Design(DesignId id, String digest, long bytes, String contentType, Instant storedAt, Contents contents) {

    /**
     * What was found in the file when it was checked.
     *
     * @param triangles over all instances
     * @param min the lowest x, y and z of the scene
     * @param max the highest x, y and z of the scene
     */
    public record Contents(
            int nodes,
            int meshes,
            int materials,
            int textures,
            int lights,
            long triangles,
            List<Double> min,
            List<Double> max) {
        public Contents {
            min = List.copyOf(min);
            max = List.copyOf(max);
        }
    }
}
