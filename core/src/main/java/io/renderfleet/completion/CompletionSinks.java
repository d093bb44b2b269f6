package io.renderfleet.completion;

import java.util.Set;

/**
 * The sinks of completion events that the API itself handles. They share one queue, from which each event is received
 * by one instance of the API. Every other sink has a queue of its own, with its name.
 */
public final class CompletionSinks {
    /** The stream of results, {@code GET /events/stream}. */
    public static final String LIVE = "live";

    /** The alerts, {@code GET /alerts}. */
    public static final String ALERTS = "alerts";

    /** The sinks that the API handles. */
    public static final Set<String> OF_API = Set.of(LIVE, ALERTS);

    private CompletionSinks() {}
}
