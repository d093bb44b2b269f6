package io.renderfleet.jobtype.render.design;

import io.renderfleet.problem.ProblemException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** The two forms of a glTF 2.0 file, told apart by their first bytes: what a client calls them proves nothing. */
enum FileKind {
    BINARY("model/gltf-binary"),
    JSON("model/gltf+json");

    /** The specification, section 4.4.2: a GLB starts with this. */
    private static final byte[] MAGIC = "glTF".getBytes(StandardCharsets.US_ASCII);

    /** White space that may stand before a JSON object; more than this is no design of anyone's. */
    private static final int LOOK = 256;

    private final String contentType;

    FileKind(String contentType) {
        this.contentType = contentType;
    }

    String contentType() {
        return contentType;
    }

    /** {@link ProblemException} when the file is neither. */
    static FileKind of(Path file) throws IOException {
        byte[] start;
        try (InputStream in = Files.newInputStream(file)) {
            start = in.readNBytes(LOOK);
        }
        if (start.length == 0) {
            throw ProblemException.of(
                    DesignProblems.invalid("not-gltf"), "The file is empty; send a .glb or a .gltf file.");
        }
        if (Arrays.mismatch(start, MAGIC) == MAGIC.length || Arrays.equals(start, MAGIC)) {
            return BINARY;
        }
        if (new String(start, StandardCharsets.ISO_8859_1).stripLeading().startsWith("{")) {
            return JSON;
        }
        throw ProblemException.of(
                DesignProblems.invalid("not-gltf"),
                "The file is not glTF 2.0: a .glb starts with glTF and a .gltf with a brace.");
    }
}
