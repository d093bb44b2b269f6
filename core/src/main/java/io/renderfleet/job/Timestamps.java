package io.renderfleet.job;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;

/** Instants as the table keeps them: ISO-8601 in UTC, always with three digits of a second, so that text sorts as time. */
final class Timestamps {
    private static final DateTimeFormatter FORMAT =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private Timestamps() {}

    /** Digits beyond the third are cut off: the text never names a later time than the instant. */
    static String write(Instant instant) {
        return FORMAT.format(instant);
    }

    /** The first whole millisecond that is not before the instant. */
    static Instant roundedUp(Instant instant) {
        Instant roundedDown = instant.truncatedTo(ChronoUnit.MILLIS);
        return roundedDown.equals(instant) ? instant : roundedDown.plusMillis(1);
    }

    static Instant read(String text) {
        return Instant.parse(text);
    }
}
