package io.renderfleet.outbound;

import java.io.Serial;

/** A host that a user named did not respond as it should. The text names neither the path nor the query of the URL. */
public final class OutboundException extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    private final Reason reason;

    OutboundException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    /** Why there is no complete response. */
    public enum Reason {
        /** The host has an address that is not public. Nothing was sent. */
        NOT_PUBLIC,
        /** The name of the host cannot be resolved. Nothing was sent. */
        UNKNOWN_HOST,
        /** There was no complete response within the time limit. */
        TIMEOUT,
        /** The connection failed, TLS could not be agreed on, or the response is not HTTP. */
        FAILED
    }

    public Reason reason() {
        return reason;
    }

    /** For users: what is wrong, as the end of a sentence, such as "the host is not known". */
    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
