package io.renderfleet.api.admin;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Who is an operator, until the product knows its callers.
 *
 * @param operatorToken what operators send as {@code Authorization: Bearer}: 32 characters or more; empty for none, and
 *     then only callers on this machine are operators. Behind a proxy on the same machine, every caller seems to be one:
 *     set it there
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

    /** Leaves the token out. */
    @Override
    public String toString() {
        return "OperatorSettings[]";
    }
}
