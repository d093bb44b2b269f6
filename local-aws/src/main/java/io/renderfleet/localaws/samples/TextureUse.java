package io.renderfleet.localaws.samples;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A texture of a {@link GlbBuilder} and how large it is laid.
 *
 * @param index its number in the file
 * @param width metres of surface that one tile covers, written as KHR_texture_transform
 * @param height the same down the picture
 */
record TextureUse(int index, double width, double height) {

    TextureUse every(double metres) {
        return every(metres, metres);
    }

    TextureUse every(double newWidth, double newHeight) {
        return new TextureUse(index, newWidth, newHeight);
    }

    ObjectNode toJson() {
        ObjectNode info = JsonNodeFactory.instance.objectNode().put("index", index);
        if (width != 1 || height != 1) {
            info.putObject("extensions")
                    .putObject("KHR_texture_transform")
                    .putArray("scale")
                    .add(1 / width)
                    .add(1 / height);
        }
        return info;
    }
}
