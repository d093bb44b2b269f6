package io.renderfleet.fakellm;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A request for a chat completion, as the server saw it.
 *
 * @param at when it arrived
 * @param took until the answer was sent, or until the client closed the connection
 * @param secret the secret of the key; empty if the key is not one of the server
 * @param domain the domain of the key; empty if the key is not one of the server
 * @param status the status of the answer; 0 if the client closed the connection before the answer was complete
 * @param behaviour the behaviour that decided the answer
 * @param violated the limit because of which the call was refused
 * @param tokens the tokens that count against the domain; 0 if the call was refused
 */
public record Call(
        Instant at,
        Duration took,
        String secret,
        String domain,
        int status,
        Behaviour.Kind behaviour,
        Optional<Limit> violated,
        int tokens) {

    /** Without the secret. */
    @Override
    public String toString() {
        return at + " " + domain + " " + Key.masked(secret) + " " + status + " " + behaviour.text()
                + violated.map(limit -> " " + limit).orElse("") + " " + took.toMillis() + " ms";
    }
}
