package io.renderfleet.render;

/** Asked, by every render thread and every few milliseconds, whether to stop. */
@FunctionalInterface
public interface CancelSignal {

    /** For renders that always run to their end. */
    CancelSignal NEVER = () -> false;

    /** Whether the picture is no longer wanted; once true, stays true. Must be cheap and thread-safe. */
    boolean isCancelled();
}
