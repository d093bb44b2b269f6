package io.renderfleet.jobtype.inference.settings;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The settings for the images of inference jobs.
 *
 * @param hosts the hosts from which workers fetch images by https, such as {@code images.example.com}, or {@code
 *     *.example.com} for all hosts below example.com; empty for none. Never hosts that users control
 * @param maxBytes the largest image, and the most bytes of the images of a task together; 1 KB to 64 MB
 * @param timeout the longest time to fetch an image, 100 ms to one minute
 */
public record ImageSettings(
        @DefaultValue List<String> hosts,
        @DefaultValue("20MB") DataSize maxBytes,
        @DefaultValue("10s") Duration timeout) {
    private static final String PREFIX = InferenceSettings.PREFIX + ".images.";

    /** A name with a dot whose last part is not a number, so that no address is one. */
    private static final Pattern HOST =
            Pattern.compile("(\\*\\.)?([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]([a-z0-9-]*[a-z0-9])?");

    private static final DataSize LEAST = DataSize.ofKilobytes(1);
    private static final DataSize MOST = DataSize.ofMegabytes(64);
    private static final Duration SHORTEST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofMinutes(1);

    /** @throws IllegalArgumentException if a value is not accepted; the message names its setting */
    public ImageSettings {
        hosts = List.copyOf(hosts);
        for (String host : hosts) {
            if (!HOST.matcher(host).matches()) {
                throw new IllegalArgumentException(PREFIX + "hosts must be names of hosts in lower case, such as"
                        + " images.example.com or *.example.com, and no addresses; '" + host + "' is not");
            }
        }
        if (maxBytes.compareTo(LEAST) < 0 || maxBytes.compareTo(MOST) > 0) {
            throw new IllegalArgumentException(PREFIX + "max-bytes must be 1KB to 64MB; it is " + maxBytes);
        }
        if (timeout.compareTo(SHORTEST) < 0 || timeout.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(PREFIX + "timeout must be 100ms to 1m; it is " + timeout);
        }
    }
}
