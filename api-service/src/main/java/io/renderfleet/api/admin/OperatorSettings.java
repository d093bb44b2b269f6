package io.renderfleet.api.admin;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How operators authenticate.
 *
 * @param operatorToken the token that operators send as {@code Authorization: Bearer}, 32 characters or more. If empty,
 *     only callers on the machine of the service are operators; set the token if a proxy runs on that machine, because
 *     every request then seems to come from it
 */
@ConfigurationProperties("renderfleet.api")
record OperatorSettings(@DefaultValue("") String operatorToken) {
    private static final int MIN_TOKEN = 32;

    OperatorSettings {
        if (!operatorToken.isEmpty() && operatorToken.length() < MIN_TOKEN) {
            throw new IllegalArgumentException(
                    "renderfleet.api.operator-token must have " + MIN_TOKEN + " characters or more");
        }
    }

    /** Omits the token. */
    @Override
    public String toString() {
        return "OperatorSettings[]";
    }
}
