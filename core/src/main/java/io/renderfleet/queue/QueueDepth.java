package io.renderfleet.queue;

/**
 * SQS's own approximate counts of one queue.
 *
 * @param visible waiting
 * @param inFlight received and neither deleted nor visible again
 * @param delayed not visible yet for the first time
 */
public record QueueDepth(long visible, long inFlight, long delayed) {
    public long total() {
        return visible + inFlight + delayed;
    }
}
