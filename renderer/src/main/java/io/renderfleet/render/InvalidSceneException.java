package io.renderfleet.render;

/**
 * A design that can never be rendered, through a fault of the file: trying again cannot help. The message names
 * the cause in words for the person who made the file.
 */
public final class InvalidSceneException extends RuntimeException {

    private final String code;

    /**
     * @param code the stable kebab-case name of the fault
     * @param message what is wrong in the file, for its author
     */
    public InvalidSceneException(String code, String message) {
        super(message);
        this.code = code;
    }

    /**
     * @param code the stable kebab-case name of the fault
     * @param message what is wrong in the file, for its author
     * @param cause what a parser or decoder said
     */
    public InvalidSceneException(String code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    /** The stable kebab-case name of the fault, for example {@code external-uri}. */
    public String code() {
        return code;
    }
}
