package io.renderfleet.render;

/** Told how far a render is. */
@FunctionalInterface
public interface RenderProgress {

    /** For callers that do not watch. */
    RenderProgress NONE = fraction -> {};

    /**
     * Called from render threads, at most about ten times a second, never twice at once, with rising values.
     * Must return quickly: a render thread waits for it.
     *
     * @param fraction the share of the work that is done, 0 to 1
     */
    void onProgress(double fraction);
}
