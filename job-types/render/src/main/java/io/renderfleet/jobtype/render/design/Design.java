package io.renderfleet.jobtype.render.design;

import java.time.Instant;
import java.util.List;

/**
 * A stored design. Its id refers to bytes that are stored under their own digest, so that assigning the id to another
 * file does not change jobs that were accepted before.
 *
 * @param id the id under which the design was uploaded
 * @param digest SHA-256 of the bytes in lower-case hex
 * @param bytes the size of the file in bytes
 * @param contentType {@code model/gltf-binary} or {@code model/gltf+json}
 * @param storedAt when the id was last assigned to these bytes
 * @param contents the properties of the file that were determined at the upload
 * @param thumbnail whether there is a picture of the design
 */
public record Design(
        DesignId id,
        String digest,
        long bytes,
        String contentType,
        Instant storedAt,
        Contents contents,
        boolean thumbnail) {

    /**
     * Properties of the file, determined when it was validated.
     *
     * @param triangles the number of triangles of all instances
     * @param min the smallest x, y and z of the scene
     * @param max the largest x, y and z of the scene
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
