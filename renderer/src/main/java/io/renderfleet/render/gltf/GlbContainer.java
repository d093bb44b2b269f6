package io.renderfleet.render.gltf;

import io.renderfleet.render.InvalidSceneException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a glTF file: its JSON and the optional binary chunk of a .glb file (glTF 2.0 specification, section 4).
 *
 * @param json UTF-8 text
 * @param binary little-endian, or null
 */
record GlbContainer(ByteBuffer json, @Nullable ByteBuffer binary) {

    private static final int MAGIC = 0x46546C67;
    private static final int JSON_CHUNK = 0x4E4F534A;
    private static final int BINARY_CHUNK = 0x004E4942;
    private static final int HEADER_BYTES = 12;
    private static final int CHUNK_HEADER_BYTES = 8;

    static GlbContainer of(byte[] file) {
        ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        if (file.length >= 4 && bytes.getInt(0) == MAGIC) {
            return ofGlb(bytes);
        }
        for (int i = startOfText(file); i < file.length; i++) {
            if (file[i] == '{') {
                return new GlbContainer(slice(bytes, i, file.length - i), null);
            }
            if (!Character.isWhitespace(file[i])) {
                break;
            }
        }
        throw new InvalidSceneException(
                "not-gltf", "The file is not glTF: it is neither a .glb file nor a JSON object.");
    }

    private static GlbContainer ofGlb(ByteBuffer bytes) {
        if (bytes.limit() < HEADER_BYTES) {
            throw truncated();
        }
        int version = bytes.getInt(4);
        if (version != 2) {
            throw new InvalidSceneException(
                    "unsupported-version",
                    "The .glb is of version " + Integer.toUnsignedString(version) + "; export the design as glTF 2.0.");
        }
        long declared = Integer.toUnsignedLong(bytes.getInt(8));
        if (declared > bytes.limit()) {
            throw truncated();
        }
        int end = (int) declared;
        ByteBuffer json = null;
        ByteBuffer binary = null;
        int at = HEADER_BYTES;
        for (int chunk = 0; at + CHUNK_HEADER_BYTES <= end; chunk++) {
            long length = Integer.toUnsignedLong(bytes.getInt(at));
            int type = bytes.getInt(at + 4);
            at += CHUNK_HEADER_BYTES;
            if (length > end - at) {
                throw truncated();
            }
            if (chunk == 0 && type == JSON_CHUNK) {
                json = slice(bytes, at, (int) length);
            } else if (chunk == 1 && type == BINARY_CHUNK) {
                binary = slice(bytes, at, (int) length);
            }
            at += (int) length;
        }
        if (json == null) {
            throw new InvalidSceneException("truncated", "The .glb has no JSON chunk; export or upload it again.");
        }
        return new GlbContainer(json, binary);
    }

    private static int startOfText(byte[] file) {
        boolean byteOrderMark =
                file.length >= 3 && file[0] == (byte) 0xEF && file[1] == (byte) 0xBB && file[2] == (byte) 0xBF;
        return byteOrderMark ? 3 : 0;
    }

    private static ByteBuffer slice(ByteBuffer bytes, int from, int length) {
        return bytes.slice(from, length).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static InvalidSceneException truncated() {
        return new InvalidSceneException(
                "truncated", "The .glb ends before the length that it declares; upload the whole file.");
    }
}
