package io.renderfleet.api.events;

import io.renderfleet.completion.CompletionEvent;
import io.renderfleet.completion.LiveFeed;
import io.renderfleet.completion.LiveFeed.Directory;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Exchanges events with the other instances of the API. An event is written only while another instance has listeners,
 * and the events of others are read only while this instance has listeners: a deployment with one instance, or without
 * listeners, writes no event.
 *
 * <p>Thread-safe.
 */
final class FeedExchange {
    private static final Duration LISTENER_LIFE = Duration.ofSeconds(30);
    private static final Duration LISTENER_RENEWAL = Duration.ofSeconds(10);
    private static final Duration WRITER_LIFE = Duration.ofMinutes(10);
    private static final Duration WRITER_RENEWAL = Duration.ofSeconds(30);
    private static final Duration DIRECTORY_AGE = Duration.ofSeconds(1);

    /** The most events of one writer that are read in one turn; the next turn continues. */
    private static final int MAX_READ = 200;

    private static final Logger log = LoggerFactory.getLogger(FeedExchange.class);

    private final LiveFeed feed;
    private final String instance = randomId();
    private final ReentrantLock directoryLock = new ReentrantLock();
    private final ReentrantLock writing = new ReentrantLock();
    private Directory directory = new Directory(List.of(), Map.of(), List.of());
    private @Nullable Long directoryRead;
    private @Nullable Long listenerAnnounced;

    /** The id under which this instance writes; null before the first event, and after a write that failed. */
    private @Nullable String writer;

    private long next;
    private long writerAnnounced;

    /** The number of the next event of each other writer. Used by the reading thread only. */
    private final Map<String, Long> positions = new HashMap<>();

    FeedExchange(LiveFeed feed) {
        this.feed = feed;
    }

    private static String randomId() {
        return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    }

    /** Writes an event, if another instance has listeners. */
    void write(CompletionEvent event) {
        if (directory().listeners().stream().allMatch(instance::equals)) {
            return;
        }
        writing.lock();
        try {
            String current = writer;
            long now = System.nanoTime();
            if (current == null) {
                current = instance + randomId();
                next = 0;
            }
            if (writer == null || now - writerAnnounced > WRITER_RENEWAL.toNanos()) {
                feed.announceWriter(current, next, WRITER_LIFE, directory());
                writerAnnounced = now;
            }
            // Another id after a write that failed: DynamoDB may have made it, and no number is used for two events.
            writer = null;
            feed.write(current, next, event);
            next++;
            writer = current;
        } finally {
            writing.unlock();
        }
    }

    /** Announces that this instance has listeners, so that others write their events. Never throws. */
    void announce() {
        directoryLock.lock();
        try {
            Long last = listenerAnnounced;
            if (last == null || System.nanoTime() - last > LISTENER_RENEWAL.toNanos()) {
                feed.announceListener(instance, LISTENER_LIFE, directory());
                listenerAnnounced = System.nanoTime();
            }
        } catch (SdkException e) {
            log.warn(
                    "This instance could not announce its listeners; until it can, they miss the events that other"
                            + " instances receive: {}",
                    e.toString());
        } finally {
            directoryLock.unlock();
        }
    }

    /** Reads the new events of all other instances. */
    void read(Consumer<CompletionEvent> events) {
        Map<String, Long> writers = directory().writers();
        positions.keySet().retainAll(writers.keySet());
        writers.forEach((id, announced) -> {
            if (!id.startsWith(instance)) {
                read(id, announced, events);
            }
        });
    }

    private void read(String id, long announced, Consumer<CompletionEvent> events) {
        long position = positions.getOrDefault(id, announced);
        for (int count = 0; count < MAX_READ; count++) {
            Optional<CompletionEvent> event = feed.read(id, position, false);
            if (event.isEmpty() && position < announced) {
                event = feed.read(id, position, true);
                if (event.isEmpty()) {
                    // This instance fell so far behind that the event has expired.
                    position = announced;
                    continue;
                }
            }
            if (event.isEmpty()) {
                break;
            }
            events.accept(event.get());
            position++;
        }
        positions.put(id, position);
    }

    /** Forgets the positions, because there are no listeners: those that connect later begin with new events. */
    void pause() {
        positions.clear();
    }

    /** The directory, at most a second old. */
    private Directory directory() {
        directoryLock.lock();
        try {
            Long last = directoryRead;
            if (last == null || System.nanoTime() - last > DIRECTORY_AGE.toNanos()) {
                directory = feed.directory();
                directoryRead = System.nanoTime();
            }
            return directory;
        } finally {
            directoryLock.unlock();
        }
    }
}
