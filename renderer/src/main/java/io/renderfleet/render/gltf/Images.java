package io.renderfleet.render.gltf;

import de.javagl.jgltf.impl.v2.GlTF;
import de.javagl.jgltf.impl.v2.Image;
import io.renderfleet.render.InvalidSceneException;
import io.renderfleet.render.shading.Texture;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** The images of a file. Headers are checked first; pixels are decoded on demand, once per image. */
final class Images {

    /** The bytes of a pixel while it is decoded, in the copy of Image I/O and in the texture. */
    private static final long BYTES_PER_PIXEL = 4;

    private final GlTF gltf;
    private final Buffers buffers;
    private final Budget budget;
    private final Map<Integer, ImageHeader> checked = new HashMap<>();
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
    ImageHeader check(int index) {
        ImageHeader known = checked.get(index);
        if (known != null) {
            return known;
        }
        ImageHeader header = ImageHeader.of(bytes(index), index);
        if (header.pixels() > budget.limits().maxTexturePixels()) {
            throw new InvalidSceneException(
                    "texture-too-large",
                    "Image " + index + " of the glTF is " + header.width() + " x " + header.height() + "; at most "
                            + budget.limits().maxTexturePixels() + " pixels are allowed.");
        }
        budget.takeBytes(BYTES_PER_PIXEL * header.pixels());
        checked.put(index, header);
        return header;
    }

    Texture decode(int index) {
        Texture known = decoded.get(index);
        if (known == null) {
            known = read(index, check(index));
            decoded.put(index, known);
        }
        return known;
    }

    long decodedBytes() {
        return decoded.values().stream().mapToLong(Texture::sizeInBytes).sum();
    }

    private Texture read(int index, ImageHeader header) {
        ByteBuffer bytes = bytes(index);
        byte[] file = new byte[bytes.limit()];
        bytes.get(0, file);
        if (header.format().equals(ImageHeader.JPEG)) {
            file = JpegColourProfile.removedFrom(file);
        }
        ImageReader reader =
                ImageIO.getImageReadersByFormatName(header.format()).next();
        try (MemoryCacheImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
            reader.setInput(in, true, true);
            BufferedImage image = reader.read(0);
            if (image.getWidth() != header.width() || image.getHeight() != header.height()) {
                throw corrupt(index, null);
            }
            return new Texture(header.width(), header.height(), PixelSamples.argb(image));
        } catch (InvalidSceneException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // Image I/O throws various runtime exceptions for invalid files.
            throw corrupt(index, e);
        } finally {
            reader.dispose();
        }
    }

    private static InvalidSceneException corrupt(int index, @org.jspecify.annotations.Nullable Exception cause) {
        String message = "Image " + index + " of the glTF cannot be decoded; export it again.";
        return cause == null
                ? new InvalidSceneException("corrupt-image", message)
                : new InvalidSceneException("corrupt-image", message, cause);
    }

    private ByteBuffer bytes(int index) {
        Image image = Checks.element(gltf.getImages(), index, "image");
        if (image.getUri() != null) {
            return Buffers.decode(image.getUri());
        }
        if (image.getBufferView() == null) {
            throw new InvalidSceneException("missing-buffer", "Image " + index + " of the glTF has no data.");
        }
        return buffers.view(image.getBufferView());
    }
}
