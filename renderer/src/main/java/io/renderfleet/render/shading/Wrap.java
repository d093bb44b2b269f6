package io.renderfleet.render.shading;

/** What a texture shows beyond its edge. */
public enum Wrap {
    REPEAT,
    CLAMP,
    MIRROR;

    /** The pixel that stands for a coordinate outside 0 to size - 1. */
    int pixel(int coordinate, int size) {
        return switch (this) {
            case REPEAT -> Math.floorMod(coordinate, size);
            case CLAMP -> Math.min(Math.max(coordinate, 0), size - 1);
            case MIRROR -> {
                int folded = Math.floorMod(coordinate, 2 * size);
                yield folded < size ? folded : 2 * size - 1 - folded;
            }
        };
    }
}
