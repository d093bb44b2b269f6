package io.renderfleet.render;

/** Tells a render whether to stop. Every render thread reads it every few milliseconds. */
@FunctionalInterface
public interface CancelSignal {

    /** A signal that never cancels. */
    CancelSignal NEVER = () -> false;

    /** Whether to stop; must not change back to false. Must be fast and thread-safe. */
    boolean isCancelled();
}
