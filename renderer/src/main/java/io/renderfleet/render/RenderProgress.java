package io.renderfleet.render;

/** Receives the progress of a render. */
@FunctionalInterface
public interface RenderProgress {

    /** Ignores the progress. */
    RenderProgress NONE = fraction -> {};

    /**
     * Called by render threads, at most about ten times per second, by one thread at a time and with increasing values.
     * Must return quickly, because a render thread waits for it.
     *
     * @param fraction the completed share of the work, 0 to 1
     */
    void onProgress(double fraction);
}
