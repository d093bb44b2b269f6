package io.renderfleet.job;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;

/**
 * The stored form of times: ISO-8601 in UTC with exactly three decimal places of the second, so that the order of the
 * texts is the order of the times.
 */
final class Timestamps {
    private static final DateTimeFormatter FORMAT =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private Timestamps() {}

    /** Rounds down to a millisecond. */
    static String write(Instant instant) {
        return FORMAT.format(instant);
    }

    /** Rounds up to a millisecond. */
    static Instant roundedUp(Instant instant) {
        Instant roundedDown = instant.truncatedTo(ChronoUnit.MILLIS);
        return roundedDown.equals(instant) ? instant : roundedDown.plusMillis(1);
    }

    static Instant read(String text) {
        return Instant.parse(text);
    }
}
