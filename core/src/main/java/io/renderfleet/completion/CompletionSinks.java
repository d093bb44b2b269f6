package io.renderfleet.completion;

import io.renderfleet.job.CompletionRequest;
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

    /**
     * The webhooks of users. The API delivers them, from a queue of their own, so that slow receivers delay neither the
     * live stream nor the alerts.
     */
    public static final String WEBHOOK = CompletionRequest.WEBHOOK;

    /** The sinks that the API handles from the queue that they share. */
    public static final Set<String> OF_API = Set.of(LIVE, ALERTS);

    private CompletionSinks() {}
}
