package io.renderfleet.job;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Instants as the table keeps them: ISO-8601 in UTC, always with three digits of a second, so that text sorts as time. */
final class Timestamps {
    private static final DateTimeFormatter FORMAT =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private Timestamps() {}

    static String write(Instant instant) {
        return FORMAT.format(instant);
    }

    static Instant read(String text) {
        return Instant.parse(text);
    }
}
