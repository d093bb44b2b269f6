package io.renderfleet.render;

import io.renderfleet.render.gltf.GltfFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reads glTF 2.0 files, binary or self-contained JSON, from untrusted sources. Limits are checked before memory is
 * allocated, and nothing outside the file is opened. Thread-safe.
 */
public final class SceneReader {
    private final SceneLimits limits;

    public SceneReader(SceneLimits limits) {
        this.limits = limits;
    }

    /** As {@link #inspect(Path, CancelSignal)}, without a signal. */
    public SceneSummary inspect(Path glTF) throws IOException {
        return inspect(glTF, CancelSignal.NEVER);
    }

    /** As {@link #read(Path, CancelSignal)}, without a signal. */
    public Scene read(Path glTF) throws IOException {
        return read(glTF, CancelSignal.NEVER);
    }

    /**
     * Validates a file, except for the contents of its images, and returns what it contains.
     *
     * @throws InvalidSceneException if the file cannot be rendered, or cannot be read within the limits
     * @throws RenderCancelledException if the signal was set or the thread was interrupted
     * @throws IOException if the file cannot be read
     */
    public SceneSummary inspect(Path glTF, CancelSignal cancel) throws IOException {
        return new GltfFile(bytes(glTF), limits, cancel).summary();
    }

    /**
     * Reads a whole file, including its images.
     *
     * @throws InvalidSceneException if the file cannot be rendered, or cannot be read within the limits
     * @throws RenderCancelledException if the signal was set or the thread was interrupted
     * @throws IOException if the file cannot be read
     */
    public Scene read(Path glTF, CancelSignal cancel) throws IOException {
        GltfFile file = new GltfFile(bytes(glTF), limits, cancel);
        return new Scene(file.summary(), file.load());
    }

    private byte[] bytes(Path path) throws IOException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(path)) {
            // Reads at most one byte more than allowed, even if the file grows meanwhile.
            bytes = Files.size(path) > limits.maxFileBytes()
                    ? new byte[0]
                    : in.readNBytes((int) limits.maxFileBytes() + 1);
            if (bytes.length > limits.maxFileBytes() || Files.size(path) > limits.maxFileBytes()) {
                throw new InvalidSceneException(
                        "file-too-large",
                        "The file is larger than " + (limits.maxFileBytes() >> 20)
                                + " MiB. Use fewer vertices and smaller textures; if the file is JSON, export it as"
                                + " .glb, which takes less space.");
            }
        }
        return bytes;
    }
}
