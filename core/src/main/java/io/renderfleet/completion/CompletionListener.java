package io.renderfleet.completion;

/**
 * Handles the completion events of one sink in the API. Each listener is a bean. An event can arrive more than once,
 * with the same id: the service that sent it may have died before it recorded that, or another listener may have
 * failed.
 *
 * <p>Thread-safe: events are handled by several threads at the same time.
 */
public interface CompletionListener {
    /** The name of the sink; the listener receives only events of jobs that want this sink to be told. */
    String sink();

    /**
     * Handles an event. Takes a few seconds at most.
     *
     * @throws Exception when the event must be handled again later
     */
    void completed(CompletionEvent event) throws Exception;
}
