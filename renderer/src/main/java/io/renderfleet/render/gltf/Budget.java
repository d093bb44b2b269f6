package io.renderfleet.render.gltf;

import io.renderfleet.render.InvalidSceneException;
import io.renderfleet.render.SceneLimits;

/** Adds up the memory that a file needs and checks it against the limits before the memory is allocated. */
final class Budget {
    private final SceneLimits limits;
    private long bytes;
    private long triangles;

    Budget(SceneLimits limits) {
        this.limits = limits;
    }

    SceneLimits limits() {
        return limits;
    }

    void takeBytes(long amount) {
        bytes = Math.addExact(bytes, amount);
        if (bytes > limits.maxDecodedBytes()) {
            throw new InvalidSceneException(
                    "design-too-large",
                    "Decoded, the design's geometry and textures take more than " + (limits.maxDecodedBytes() >> 20)
                            + " MiB.");
        }
    }

    void takeTriangles(long amount) {
        triangles = Math.addExact(triangles, amount);
        if (triangles > limits.maxTriangles()) {
            throw new InvalidSceneException(
                    "too-many-triangles",
                    "The design draws more than " + limits.maxTriangles()
                            + " triangles, counting each instance of a mesh.");
        }
    }

    long triangles() {
        return triangles;
    }
}
