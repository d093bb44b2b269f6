package io.renderfleet.render;

/** Receives the progress of a render. */
@FunctionalInterface
public interface RenderProgress {

    /** Ignores the progress. */
    RenderProgress NONE = fraction -> {};

    /**
     * Called by the thread that asked for the picture, at most about ten times per second and with increasing values. The
     * render continues meanwhile on other threads, except that of a picture of a single tile; its end, and a cancellation,
     * wait for this call. The call may render another picture.
     *
     * @param fraction the completed share of the work, 0 to 1
     */
    void onProgress(double fraction);
}
