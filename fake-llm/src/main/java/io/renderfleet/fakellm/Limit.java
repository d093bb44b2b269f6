package io.renderfleet.fakellm;

/** The limits of a quota domain. */
public enum Limit {
    /** Requests per minute. */
    RPM("requests per min (RPM)"),
    /** Tokens per minute, of prompts and completions. */
    TPM("tokens per min (TPM)"),
    /** Requests per second. */
    RPS("requests per sec (RPS)"),
    /** Calls at the same time. */
    CONCURRENCY("concurrent requests");

    private final String description;

    Limit(String description) {
        this.description = description;
    }

    /** The limit in the words of OpenAI's error messages. */
    String description() {
        return description;
    }
}
