package io.renderfleet.api.completion;

import io.renderfleet.completion.CompletionListener;
import io.renderfleet.completion.ReceiveLoop;
import io.renderfleet.queue.CompletionQueue.Received;
import io.renderfleet.queue.JobQueues;
import io.renderfleet.telemetry.LoopHealth;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Receives completion events with long polls. The instances of the API share the queue, so that each event is handled
 * by one of them. A batch is deleted when its listeners have handled it; up to {@value #MAX_BATCHES} batches are
 * handled at a time, so that a slow listener does not delay the next events.
 */
@Component
class CompletionLoop extends ReceiveLoop {
    /** The most batches of up to ten events that are handled at a time. */
    private static final int MAX_BATCHES = 8;

    /** An event that was not handled is received again after this time. */
    private static final Duration VISIBILITY = Duration.ofSeconds(60);

    private static final Logger log = LoggerFactory.getLogger(CompletionLoop.class);

    private final EventDispatch dispatch;

    CompletionLoop(JobQueues queues, List<CompletionListener> listeners, LoopHealth health) {
        super("completions", "Completion events", queues.completions(), VISIBILITY, Unit.RECEIPT, MAX_BATCHES, health);
        this.dispatch = new EventDispatch(listeners);
    }

    @Override
    protected void full() {
        log.warn("The listeners of completion events are slow; receiving continues when they have caught up");
    }

    @Override
    protected void handle(List<Received> batch) {
        try {
            List<Received> handled = dispatch.handle(batch);
            if (!handled.isEmpty()) {
                queue().deleteAll(handled);
            }
        } catch (RuntimeException e) {
            log.warn("Completion events could not be deleted, and are received once more: {}", e.toString());
        }
    }
}
