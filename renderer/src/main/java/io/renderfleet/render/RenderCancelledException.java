package io.renderfleet.render;

/** The render was cancelled by its {@link CancelSignal}, or because its {@link Renderer} was closed. */
public final class RenderCancelledException extends RuntimeException {

    RenderCancelledException() {
        super("The render was cancelled before the picture was finished.");
    }
}
