package io.renderfleet.jobtype.render.design;

import io.renderfleet.problem.ProblemException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** The two forms of a glTF 2.0 file, distinguished by their first bytes. The request's Content-Type is not trusted. */
enum FileKind {
    BINARY("model/gltf-binary", ".glb"),
    JSON("model/gltf+json", ".gltf");

    /** The first bytes of a GLB file (glTF 2.0 specification, section 4.4.2). */
    private static final byte[] MAGIC = "glTF".getBytes(StandardCharsets.US_ASCII);

    /** The number of bytes that are read; a JSON object must begin within them, after white space. */
    private static final int PREFIX = 256;

    private final String contentType;
    private final String extension;

    FileKind(String contentType, String extension) {
        this.contentType = contentType;
        this.extension = extension;
    }

    String contentType() {
        return contentType;
    }

    /** The extension of the names of files with this content type, with its dot. */
    static String extension(String contentType) {
        return contentType.equals(JSON.contentType) ? JSON.extension : BINARY.extension;
    }

    /** Determines the form of a file; {@link ProblemException} if it has neither. */
    static FileKind of(Path file) throws IOException {
        byte[] start;
        try (InputStream in = Files.newInputStream(file)) {
            start = in.readNBytes(PREFIX);
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
                "The file is not glTF 2.0. A .glb file starts with the characters glTF, a .gltf file with a brace.");
    }
}
