package io.renderfleet.render;

/**
 * Tells a render, or the reading of a scene, whether to stop. Every thread that works on it reads the signal every few
 * milliseconds.
 */
@FunctionalInterface
public interface CancelSignal {

    /** A signal that never cancels. */
    CancelSignal NEVER = () -> false;

    /** Whether to stop; must not change back to false. Must be fast and thread-safe. */
    boolean isCancelled();
}
