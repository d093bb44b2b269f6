package io.renderfleet.render.gltf;

import java.awt.image.BufferedImage;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadUpdateListener;
import org.jspecify.annotations.Nullable;

/** Aborts the decoding of an image when its time is over. Image I/O reports each row of each pass over the image. */
final class DecodingWatch implements IIOReadUpdateListener {
    private final ImageReader reader;
    private final Budget budget;
    private @Nullable RuntimeException end;

    DecodingWatch(ImageReader reader, Budget budget) {
        this.reader = reader;
        this.budget = budget;
        reader.addIIOReadUpdateListener(this);
    }

    /** Throws why the decoding was aborted. An exception cannot pass through the native part of a reader. */
    void throwIfAborted() {
        if (end != null) {
            throw end;
        }
    }

    @Override
    public void imageUpdate(
            ImageReader source,
            BufferedImage image,
            int minX,
            int minY,
            int width,
            int height,
            int periodX,
            int periodY,
            int[] bands) {
        try {
            budget.checkTime();
        } catch (RuntimeException e) {
            end = e;
            reader.abort();
        }
    }

    @Override
    public void passStarted(
            ImageReader source,
            BufferedImage image,
            int pass,
            int minPass,
            int maxPass,
            int minX,
            int minY,
            int periodX,
            int periodY,
            int[] bands) {}

    @Override
    public void passComplete(ImageReader source, BufferedImage image) {}

    @Override
    public void thumbnailPassStarted(
            ImageReader source,
            BufferedImage thumbnail,
            int pass,
            int minPass,
            int maxPass,
            int minX,
            int minY,
            int periodX,
            int periodY,
            int[] bands) {}

    @Override
    public void thumbnailUpdate(
            ImageReader source,
            BufferedImage thumbnail,
            int minX,
            int minY,
            int width,
            int height,
            int periodX,
            int periodY,
            int[] bands) {}

    @Override
    public void thumbnailPassComplete(ImageReader source, BufferedImage thumbnail) {}
}
