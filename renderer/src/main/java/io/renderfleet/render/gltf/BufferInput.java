package io.renderfleet.render.gltf;

import java.nio.ByteBuffer;
import javax.imageio.stream.ImageInputStreamImpl;

/** Reads a buffer without copying it; the streams of Image I/O copy everything that they read into a cache. */
final class BufferInput extends ImageInputStreamImpl {
    private final ByteBuffer bytes;

    /** @param bytes read from 0 to the limit; the position is not used */
    BufferInput(ByteBuffer bytes) {
        this.bytes = bytes;
    }

    @Override
    public int read() {
        bitOffset = 0;
        return streamPos < bytes.limit() ? bytes.get((int) streamPos++) & 0xFF : -1;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
        bitOffset = 0;
        if (length == 0) {
            return 0;
        }
        if (streamPos >= bytes.limit()) {
            return -1;
        }
        int count = (int) Math.min(length, bytes.limit() - streamPos);
        bytes.get((int) streamPos, into, offset, count);
        streamPos += count;
        return count;
    }

    @Override
    public long length() {
        return bytes.limit();
    }
}
