package io.renderfleet.render;

/**
 * The design cannot be rendered because its file is invalid. A retry does not help. The message describes the cause to
 * the author of the file.
 */
public final class InvalidSceneException extends RuntimeException {
    /** The code of a file that needs more memory than {@link SceneLimits#maxMemory}. */
    public static final String TOO_LARGE = "design-too-large";

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
     * @param cause the exception of the parser or decoder
     */
    public InvalidSceneException(String code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    /** The stable kebab-case name of the fault, for example {@code external-uri}. */
    public String code() {
        return code;
    }

    /** Whether there is too little memory for the file, so that it may be valid with a larger limit. */
    public boolean isTooLarge() {
        return code.equals(TOO_LARGE);
    }
}
