package io.renderfleet.region;

import java.net.URI;

/**
 * Where a region's service answers when that is not AWS itself, written {@code region=uri}: one value that fits in
 * an environment variable, where a map keyed by region codes would not.
 */
public record RegionEndpoint(RegionId region, URI uri) {

    /** Reads {@code us-east-1=http://127.0.0.1:9324}; {@link IllegalArgumentException} for anything else. */
    public static RegionEndpoint of(String text) {
        int equals = text.indexOf('=');
        if (equals < 0) {
            throw new IllegalArgumentException("'" + text + "' is not of the form region=uri");
        }
        return new RegionEndpoint(
                new RegionId(text.substring(0, equals).strip()),
                URI.create(text.substring(equals + 1).strip()));
    }
}
