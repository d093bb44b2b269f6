package io.renderfleet.job;

import java.nio.charset.StandardCharsets;

/**
 * What a job type needs to know of a job, as JSON text that only the type reads. Stores, recovery, listings, cancel,
 * dead letters and routing pass it on as it is, so a payload that they could not read cannot stop them.
 *
 * @param json a JSON object, at most {@link #MAX_BYTES} as UTF-8
 * @param version from 1; a type raises it when workers of the version before would misunderstand the payload
 */
public record JobPayload(String json, int version) {
    /** 64 KB, the largest body of a submission. */
    public static final int MAX_BYTES = 64 * 1024;

    /** The form that a type's payloads have as long as nobody has changed their meaning. */
    public static final int FIRST_VERSION = 1;

    public JobPayload {
        if (version < FIRST_VERSION) {
            throw new IllegalArgumentException("a payload's version is 1 or more");
        }
        if (bytes(json) > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "a payload has at most " + MAX_BYTES + " bytes, this one " + bytes(json));
        }
    }

    /** How long the text is as UTF-8. */
    public int bytes() {
        return bytes(json);
    }

    private static int bytes(String json) {
        return json.getBytes(StandardCharsets.UTF_8).length;
    }
}
