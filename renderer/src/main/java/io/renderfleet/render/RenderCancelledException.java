package io.renderfleet.render;

/** The render stopped before its end because its {@link CancelSignal} said so, or its {@link Renderer} was closed. */
public final class RenderCancelledException extends RuntimeException {

    RenderCancelledException() {
        super("The render was cancelled before the picture was finished.");
    }
}
