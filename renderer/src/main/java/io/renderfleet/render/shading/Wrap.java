package io.renderfleet.render.shading;

/** The wrapping modes of a texture beyond its edges. */
public enum Wrap {
    REPEAT,
    CLAMP,
    MIRROR;

    /** The index of the pixel for a coordinate, which may be outside of 0 to size - 1. */
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
