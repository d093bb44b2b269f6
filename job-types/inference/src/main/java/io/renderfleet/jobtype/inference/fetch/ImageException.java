package io.renderfleet.jobtype.inference.fetch;

import io.renderfleet.jobtype.inference.InferenceAnswer.TaskError;
import java.io.Serial;

/** A task has an image that cannot be used. Other tasks of the job are not concerned. */
public final class ImageException extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    private final transient TaskError error;

    private ImageException(String code, String message) {
        super(message);
        this.error = new TaskError(code, message);
    }

    /** The image could not be fetched. */
    static ImageException unavailable(String message) {
        return new ImageException("image-unavailable", message);
    }

    /** The image, or the images of the task together, are larger than allowed. */
    static ImageException tooLarge(long maxBytes) {
        return new ImageException(
                "image-too-large",
                "The images of a task can have at most " + maxBytes / 1024 + " KB together. Send smaller images.");
    }

    /** The bytes are not those of an image. */
    static ImageException notAnImage(String place) {
        return new ImageException("not-an-image", place + " is not a PNG, JPEG, WebP or GIF image.");
    }

    /** A host from which images are not fetched. */
    static ImageException notAllowed(String host) {
        return new ImageException("image-not-allowed", "Images are not fetched from the host " + host + ".");
    }

    /** The error of the task, for the user. */
    public TaskError error() {
        return error;
    }
}
