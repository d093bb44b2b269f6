package io.renderfleet.api.progress;

import java.time.Duration;
import java.util.Enumeration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The header {@code Prefer} (RFC 7240), of which the preference {@code wait} is known. */
final class Preferences {
    /** The longest time that is waited, whatever the client prefers. */
    static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

    private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]++";
    private static final String WORD = "(?:" + TOKEN + "|\"(?:[^\"\\\\]|\\\\.)*+\")?+";
    private static final String PARAMETER = TOKEN + "(?:[ \\t]*+=[ \\t]*+" + WORD + ")?+";
    /** One preference with its parameters, and what separates it from the next. */
    private static final Pattern PREFERENCE =
            Pattern.compile("\\G[ \\t,]*+(?<name>" + TOKEN + ")(?:[ \\t]*+=[ \\t]*+(?<value>" + WORD
                    + "))?+(?:[ \\t]*+;[ \\t]*+(?:" + PARAMETER + ")?+)*+[ \\t]*+(?:,|$)");

    /** A longer header is ignored. The expression above needs a stack that grows with the header. */
    private static final int MAX_LENGTH = 1_000;

    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,9}");

    private Preferences() {}

    /**
     * How long the client prefers to wait, at most {@link #LONGEST_WAIT}. The first {@code wait} counts. A preference that
     * is malformed or unknown is ignored, and so is what follows it if its end cannot be found.
     *
     * @param headers the values of all headers {@code Prefer} of a request
     */
    static Optional<Duration> waitOf(@Nullable Enumeration<String> headers) {
        while (headers != null && headers.hasMoreElements()) {
            String header = headers.nextElement();
            Matcher matcher = PREFERENCE.matcher(header);
            while (header.length() <= MAX_LENGTH && matcher.find()) {
                if (matcher.group("name").toLowerCase(Locale.ROOT).equals("wait")) {
                    return seconds(matcher.group("value"));
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<Duration> seconds(@Nullable String value) {
        if (value == null) {
            return Optional.empty();
        }
        String text = value.startsWith("\"") ? value.substring(1, value.length() - 1) : value;
        if (!SECONDS.matcher(text).matches()) {
            return Optional.empty();
        }
        Duration wait = Duration.ofSeconds(Long.parseLong(text));
        return Optional.of(wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait);
    }
}
