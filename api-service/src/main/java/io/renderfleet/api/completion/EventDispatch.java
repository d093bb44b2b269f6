package io.renderfleet.api.completion;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.renderfleet.completion.CompletionEvent;
import io.renderfleet.completion.CompletionListener;
import io.renderfleet.completion.CompletionSinks;
import io.renderfleet.queue.CompletionQueue.Received;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives each event to the listeners of its sinks. The live stream is first for the whole batch, because it must not wait
 * for others. A listener that has handled an event does not get it again within five minutes, also when the event is
 * received again because another listener failed.
 *
 * <p>Thread-safe.
 */
final class EventDispatch {
    private static final Duration REMEMBERED = Duration.ofMinutes(5);
    private static final int MAX_REMEMBERED = 100_000;
    private static final Logger log = LoggerFactory.getLogger(EventDispatch.class);

    private final List<CompletionListener> listeners;
    private final Cache<Handled, Boolean> handled = Caffeine.newBuilder()
            .expireAfterWrite(REMEMBERED)
            .maximumSize(MAX_REMEMBERED)
            .build();

    EventDispatch(List<CompletionListener> listeners) {
        this.listeners = listeners.stream()
                .sorted(Comparator.comparing(
                        (CompletionListener listener) -> !listener.sink().equals(CompletionSinks.LIVE)))
                .toList();
    }

    /** An event that a sink has handled. */
    private record Handled(String sink, String eventId) {}

    private record Message(Received received, CompletionEvent event) {}

    /** Handles a batch; returns the messages that no listener needs any more. */
    List<Received> handle(List<Received> batch) {
        List<Message> messages = new ArrayList<>();
        for (Received received : batch) {
            CompletionEvent.of(received.body())
                    .ifPresentOrElse(
                            event -> messages.add(new Message(received, event)),
                            () -> log.warn(
                                    "Message {} is not a completion event that this version understands; it becomes a"
                                            + " dead letter after five receipts",
                                    received.messageId()));
        }
        Set<Message> failed = new HashSet<>();
        for (CompletionListener listener : listeners) {
            for (Message message : messages) {
                if (message.event().sinks().contains(listener.sink()) && !isHandled(listener, message.event())) {
                    failed.add(message);
                }
            }
        }
        return messages.stream()
                .filter(message -> !failed.contains(message))
                .map(Message::received)
                .toList();
    }

    private boolean isHandled(CompletionListener listener, CompletionEvent event) {
        Handled entry = new Handled(listener.sink(), event.eventId());
        if (handled.getIfPresent(entry) != null) {
            return true;
        }
        try {
            listener.completed(event);
            handled.put(entry, true);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception | Error e) {
            // Errors too, so that the other events of the batch are handled.
            log.warn(
                    "The event {} of job {} could not be handled for {}; it is received again: {}",
                    event.eventId(),
                    event.jobId(),
                    listener.sink(),
                    e.toString());
        }
        return false;
    }
}
