package io.renderfleet.job;

import java.nio.charset.StandardCharsets;

/**
 * The data of a job that only its type reads, as JSON. Stores, recovery, listings and routing pass it on without
 * parsing it, so that a payload that they could not read cannot stop them.
 *
 * @param json a JSON object, at most {@link #MAX_BYTES} as UTF-8
 * @param version from 1; a type raises it when workers of the previous version would misunderstand the payload
 */
public record JobPayload(String json, int version) {
    /** 64 KB, which is also the largest body of a submission. */
    public static final int MAX_BYTES = 64 * 1024;

    /** The version of a payload until its type raises it. */
    public static final int FIRST_VERSION = 1;

    public JobPayload {
        if (version < FIRST_VERSION) {
            throw new IllegalArgumentException("The version of a payload is at least 1.");
        }
        if (bytes(json) > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "A payload has at most " + MAX_BYTES + " bytes; this one has " + bytes(json) + ".");
        }
    }

    /** The length of the JSON as UTF-8, in bytes. */
    public int bytes() {
        return bytes(json);
    }

    private static int bytes(String json) {
        return json.getBytes(StandardCharsets.UTF_8).length;
    }
}
