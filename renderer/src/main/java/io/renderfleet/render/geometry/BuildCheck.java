package io.renderfleet.render.geometry;

/**
 * Ends the building of a scene early. Each loop over its triangles calls {@link #at}, so that every thread that builds
 * calls {@link #check} every few milliseconds. Must be thread-safe.
 */
@FunctionalInterface
public interface BuildCheck {
    /** A check that never ends the building. */
    BuildCheck NEVER = () -> {};

    /** Throws an unchecked exception to end the building. */
    void check();

    /** Called for each triangle of a loop, by its number; most calls do nothing. */
    default void at(int triangle) {
        if ((triangle & 0x3FFF) == 0) {
            check();
        }
    }
}
