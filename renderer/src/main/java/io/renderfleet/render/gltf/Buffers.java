package io.renderfleet.render.gltf;

import de.javagl.jgltf.impl.v2.Buffer;
import de.javagl.jgltf.impl.v2.BufferView;
import de.javagl.jgltf.impl.v2.GlTF;
import io.renderfleet.render.InvalidSceneException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The buffers of a file. Nothing outside the file is opened. */
final class Buffers {
    private final GlTF gltf;
    private final Budget budget;
    private final @Nullable ByteBuffer binaryChunk;
    private final Map<Integer, ByteBuffer> decoded = new HashMap<>();

    Buffers(GlTF gltf, @Nullable ByteBuffer binaryChunk, Budget budget) {
        this.budget = budget;
        this.gltf = gltf;
        this.binaryChunk = binaryChunk;
        for (Buffer buffer : Checks.orEmpty(gltf.getBuffers())) {
            requireInside(buffer == null ? null : buffer.getUri(), "buffer");
        }
    }

    /** Refuses a URI that refers to another file. */
    static void requireInside(@Nullable String uri, String what) {
        if (uri != null && !uri.regionMatches(true, 0, "data:", 0, 5)) {
            throw new InvalidSceneException(
                    "external-uri",
                    "The glTF has its " + what + " at \"" + GltfJson.shown(uri)
                            + "\"; embed it in the file, for example by exporting as .glb.");
        }
    }

    /** The bytes of a buffer view; a slice whose index 0 is the view's first byte. */
    ByteBuffer view(int index) {
        BufferView view = view(gltf.getBufferViews(), index);
        ByteBuffer buffer = buffer(Checks.orZero(view.getBuffer()));
        long offset = Checks.orZero(view.getByteOffset());
        long length = Checks.orZero(view.getByteLength());
        if (offset < 0 || length < 0 || offset + length > buffer.limit()) {
            throw new InvalidSceneException(
                    "buffer-view-out-of-bounds",
                    "Buffer view " + index + " ends at byte " + (offset + length) + " of a buffer of " + buffer.limit()
                            + ".");
        }
        return buffer.slice((int) offset, (int) length).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The distance between elements that the view declares, or 0. */
    int stride(int index) {
        return Checks.orZero(view(gltf.getBufferViews(), index).getByteStride());
    }

    private static BufferView view(@Nullable List<BufferView> views, int index) {
        return Checks.element(views, index, "buffer view");
    }

    private ByteBuffer buffer(int index) {
        ByteBuffer known = decoded.get(index);
        if (known != null) {
            return known;
        }
        Buffer buffer = Checks.element(gltf.getBuffers(), index, "buffer");
        String uri = buffer.getUri();
        ByteBuffer bytes;
        if (uri != null) {
            budget.takeMemory(uri.length());
            bytes = decode(uri);
        } else if (index == 0 && binaryChunk != null) {
            bytes = binaryChunk;
        } else {
            throw new InvalidSceneException("missing-buffer", "Buffer " + index + " of the glTF has no data.");
        }
        long length = Checks.orZero(buffer.getByteLength());
        if (length < 0 || length > bytes.limit()) {
            throw new InvalidSceneException(
                    "truncated",
                    "Buffer " + index + " declares " + length + " bytes but the file contains " + bytes.limit() + ".");
        }
        ByteBuffer whole = bytes.slice(0, (int) length).order(ByteOrder.LITTLE_ENDIAN);
        decoded.put(index, whole);
        return whole;
    }

    /** The bytes of a data URI (RFC 2397), which glTF has in base64 only. */
    static ByteBuffer decode(String uri) {
        int comma = uri.indexOf(',');
        if (comma < 0 || !uri.regionMatches(true, Math.max(comma - 7, 0), ";base64", 0, 7)) {
            throw new InvalidSceneException("invalid-data-uri", "A data URI of the glTF is not in base64.");
        }
        try {
            return ByteBuffer.wrap(Base64.getMimeDecoder().decode(uri.substring(comma + 1)));
        } catch (IllegalArgumentException e) {
            throw new InvalidSceneException("invalid-data-uri", "A data URI of the glTF is not valid base64.", e);
        }
    }
}
