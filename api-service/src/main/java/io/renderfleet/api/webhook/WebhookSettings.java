package io.renderfleet.api.webhook;

import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How completion events are sent to the webhooks of users.
 *
 * @param timeout the longest time for one request, from the resolution of the host to the response; at most 30 s
 * @param retries the pause after each failed request, before the next one; after the last, the delivery is given up. At
 *     most 20, each at most 24 h
 * @param maxRequests the most requests of one instance at a time
 * @param maxRequestsPerReceiver the most of them to one host for one user; twice as many for one user to all hosts
 * @param allowLoopback whether webhooks may also use http and the addresses of this machine, to try them on a laptop. A
 *     service that other machines can reach does not start with it
 */
@ConfigurationProperties("renderfleet.webhooks")
record WebhookSettings(
        @DefaultValue("15s") Duration timeout,

        @DefaultValue({"5s", "5m", "30m", "2h", "5h", "10h", "7h"})
        List<Duration> retries,

        @DefaultValue("200") int maxRequests,
        @DefaultValue("10") int maxRequestsPerReceiver,
        @DefaultValue("false") boolean allowLoopback) {
    /** Well below the time for which a message is hidden from other instances. */
    private static final Duration MAX_TIMEOUT = Duration.ofSeconds(30);

    private static final Duration MAX_PAUSE = Duration.ofHours(24);
    private static final int MAX_RETRIES = 20;

    /** A batch of messages must fit. */
    private static final int MIN_REQUESTS = 10;

    WebhookSettings {
        if (!timeout.isPositive() || timeout.compareTo(MAX_TIMEOUT) > 0) {
            throw new IllegalArgumentException("renderfleet.webhooks.timeout must be longer than 0 and at most 30s");
        }
        if (retries.size() > MAX_RETRIES
                || !retries.stream().allMatch(pause -> pause.isPositive() && pause.compareTo(MAX_PAUSE) <= 0)) {
            throw new IllegalArgumentException(
                    "renderfleet.webhooks.retries must have at most 20 pauses, each longer than 0 and at most 24h");
        }
        if (maxRequests < MIN_REQUESTS || maxRequestsPerReceiver < 1) {
            throw new IllegalArgumentException("renderfleet.webhooks.max-requests must be at least 10, and"
                    + " renderfleet.webhooks.max-requests-per-receiver at least 1");
        }
        retries = List.copyOf(retries);
    }
}
