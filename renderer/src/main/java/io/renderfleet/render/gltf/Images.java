package io.renderfleet.render.gltf;

import de.javagl.jgltf.impl.v2.GlTF;
import de.javagl.jgltf.impl.v2.Image;
import io.renderfleet.render.InvalidSceneException;
import io.renderfleet.render.shading.Texture;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/** The images of a file. Sizes are checked first; pixels are decoded on demand, once per image. */
final class Images {

    /** The bytes of a pixel in a texture. */
    private static final long BYTES_PER_PIXEL = 4;

    /** The bytes of a pixel while it is decoded: at most four samples of 16 bits. */
    private static final long DECODER_BYTES_PER_PIXEL = 8;

    private final GlTF gltf;
    private final Buffers buffers;
    private final Budget budget;
    private final Map<Integer, ImageDecoder.Size> checked = new HashMap<>();
    private final Map<Integer, Texture> decoded = new HashMap<>();

    Images(GlTF gltf, Buffers buffers, Budget budget) {
        this.gltf = gltf;
        this.buffers = buffers;
        this.budget = budget;
        for (Image image : Checks.orEmpty(gltf.getImages())) {
            Buffers.requireInside(image == null ? null : image.getUri(), "image");
        }
    }

    /** Checks that an image is of a known kind and within limits. */
    ImageDecoder.Size check(int index) {
        ImageDecoder.Size known = checked.get(index);
        if (known != null) {
            return known;
        }
        ByteBuffer bytes = bytes(index);
        budget.takeWork(bytes.limit());
        ImageDecoder.Size size;
        try (ImageDecoder decoder = ImageDecoder.of(bytes, index, budget)) {
            size = decoder.size();
        }
        if (size.pixels() > budget.limits().maxTexturePixels()) {
            throw new InvalidSceneException(
                    "texture-too-large",
                    "Image " + index + " of the glTF is " + size.width() + " x " + size.height() + "; at most "
                            + budget.limits().maxTexturePixels() + " pixels are allowed.");
        }
        budget.takeBytes(BYTES_PER_PIXEL * size.pixels());
        checked.put(index, size);
        return size;
    }

    Texture decode(int index) {
        Texture known = decoded.get(index);
        if (known == null) {
            ImageDecoder.Size size = check(index);
            budget.takeMemory(BYTES_PER_PIXEL * size.pixels());
            try (ImageDecoder decoder = ImageDecoder.of(bytes(index), index, budget)) {
                known = new Texture(size.width(), size.height(), PixelSamples.argb(decoder.decode(size)));
            }
            decoded.put(index, known);
        }
        return known;
    }

    /** What decoding the images that were checked takes: the pixels of all, and the decoder's own copy of the largest. */
    long memory() {
        long all = 0;
        long largest = 0;
        for (ImageDecoder.Size size : checked.values()) {
            all += BYTES_PER_PIXEL * size.pixels();
            largest = Math.max(largest, DECODER_BYTES_PER_PIXEL * size.pixels());
        }
        return all + largest;
    }

    long decodedBytes() {
        return decoded.values().stream().mapToLong(Texture::sizeInBytes).sum();
    }

    private ByteBuffer bytes(int index) {
        Image image = Checks.element(gltf.getImages(), index, "image");
        if (image.getUri() != null) {
            budget.requireMemory(3L * image.getUri().length());
            return Buffers.decode(image.getUri());
        }
        if (image.getBufferView() == null) {
            throw new InvalidSceneException("missing-buffer", "Image " + index + " of the glTF has no data.");
        }
        return buffers.view(image.getBufferView());
    }
}
