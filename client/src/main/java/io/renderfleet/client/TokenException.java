package io.renderfleet.client;

/** The issuer gave no token, so the API was not called. The message has the reason and what to do. */
public final class TokenException extends ClientException {
    TokenException(String message) {
        super(message);
    }

    TokenException(String message, Throwable cause) {
        super(message, cause);
    }
}
