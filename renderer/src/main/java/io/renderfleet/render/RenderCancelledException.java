package io.renderfleet.render;

/**
 * The render, or the reading of its scene, was cancelled by its {@link CancelSignal}, or because its {@link Renderer}
 * was closed.
 */
public final class RenderCancelledException extends RuntimeException {

    public RenderCancelledException() {
        super("The render was cancelled before the picture was finished.");
    }
}
