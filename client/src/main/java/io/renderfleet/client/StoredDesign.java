package io.renderfleet.client;

import java.time.Instant;

/**
 * A design that the API has checked and stored.
 *
 * @param digest the SHA-256 of the file in hexadecimal digits
 * @param bytes the size of the file in bytes
 */
public record StoredDesign(String designId, String digest, long bytes, String contentType, Instant storedAt) {}
