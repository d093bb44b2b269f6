package io.renderfleet.job;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The completion events that a job wants: which sinks are told when the job has ended. The job type decides it at
 * submission. A job that wants none costs no further write.
 *
 * @param sinks the names of the sinks, each a lower-case letter and up to 15 of a-z, 0-9 and the hyphen; empty for a job
 *     that wants no event
 * @param source says where the job comes from, such as its camera; part of the event, so that listeners can choose.
 *     Names and values have at most {@value #MAX_SOURCE_BYTES} bytes together as UTF-8.
 * @param callbackUrl the URL to which the sink {@value #WEBHOOK} sends the event; null for the URL of the job's owner. It
 *     may have a secret in its path or query, so it is not part of events, views and logs.
 */
public record CompletionRequest(
        Set<String> sinks,
        Map<String, String> source,
        @Nullable String callbackUrl) {
    /** The most bytes of {@link #source}, which is stored in the job's item. */
    public static final int MAX_SOURCE_BYTES = 256;

    /** The sink that sends events to the URLs of users. */
    public static final String WEBHOOK = "webhook";

    /** The most sinks of a job, not counting {@value #WEBHOOK}. */
    public static final int MAX_SINKS = 8;

    /** No event. */
    public static final CompletionRequest NONE = new CompletionRequest(Set.of(), Map.of());

    private static final Pattern SINK = Pattern.compile("[a-z][a-z0-9-]{0,15}");

    /** A request for events that go to no URL of the job's own. */
    public CompletionRequest(Set<String> sinks, Map<String, String> source) {
        this(sinks, source, null);
    }

    /** @throws IllegalArgumentException when a name is not one, or a limit is exceeded */
    public CompletionRequest {
        sinks = Set.copyOf(sinks);
        source = Map.copyOf(source);
        if (sinks.stream().filter(sink -> !sink.equals(WEBHOOK)).count() > MAX_SINKS
                || !sinks.stream().allMatch(sink -> SINK.matcher(sink).matches())) {
            throw new IllegalArgumentException("A job has at most " + MAX_SINKS
                    + " sinks. The name of a sink is a lower-case letter, then up to 15 of a-z, 0-9 and the hyphen.");
        }
        if (bytes(source) > MAX_SOURCE_BYTES) {
            throw new IllegalArgumentException(
                    "The source of a job has at most " + MAX_SOURCE_BYTES + " bytes, names and values together.");
        }
    }

    /** The length of the names and values as UTF-8, in bytes. */
    public static int bytes(Map<String, String> source) {
        int bytes = 0;
        for (Map.Entry<String, String> entry : source.entrySet()) {
            bytes += (entry.getKey() + entry.getValue()).getBytes(StandardCharsets.UTF_8).length;
        }
        return bytes;
    }

    /**
     * This request, with the sink {@value #WEBHOOK} in addition.
     *
     * @param url where its events go; null for the URL of the job's owner
     */
    public CompletionRequest withWebhook(@Nullable String url) {
        Set<String> more = new HashSet<>(sinks);
        more.add(WEBHOOK);
        return new CompletionRequest(more, source, url);
    }

    /** Whether the job wants no event. */
    public boolean isNone() {
        return sinks.isEmpty();
    }
}
