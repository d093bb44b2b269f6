package io.renderfleet.api.events;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.renderfleet.api.capacity.StreamCapacity;
import io.renderfleet.api.sse.EventStreams;
import io.renderfleet.api.sse.StreamEvent;
import io.renderfleet.api.sse.StreamSettings;
import io.renderfleet.completion.CompletionEvent;
import io.renderfleet.completion.CompletionListener;
import io.renderfleet.completion.CompletionSinks;
import io.renderfleet.completion.LiveFeed;
import io.renderfleet.identity.Caller;
import io.renderfleet.telemetry.LoopHealth;
import io.renderfleet.telemetry.LoopTimer;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * Pushes completion events to the connections of {@code GET /events/stream} at this instance: those that this instance
 * received itself, at once, and those that other instances received, through {@link FeedExchange}. Each event is pushed
 * once within five minutes.
 */
@Component
class LiveEvents implements CompletionListener, SmartLifecycle {
    private static final Duration REMEMBERED = Duration.ofMinutes(5);
    private static final int MAX_REMEMBERED = 100_000;

    /** The part of the source of an event by which connections choose. */
    private static final String CAMERA = "cameraId";

    private static final String LOOP = "live-feed";
    private static final Duration PERIOD = Duration.ofMillis(250);
    private static final Duration LONGEST_TURN = Duration.ofMinutes(2);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(2);
    private static final Logger log = LoggerFactory.getLogger(LiveEvents.class);

    private final EventStreams<CompletionEvent> streams;
    private final FeedExchange exchange;
    private final Cache<String, Boolean> pushed = Caffeine.newBuilder()
            .expireAfterWrite(REMEMBERED)
            .maximumSize(MAX_REMEMBERED)
            .build();
    private final LoopHealth health;
    private boolean failing;
    private volatile @Nullable LoopTimer reader;

    LiveEvents(StreamSettings settings, StreamCapacity capacity, LiveFeed feed, LoopHealth health) {
        this.streams = new EventStreams<>(settings.maxConnections(), capacity, settings.heartbeat());
        this.exchange = new FeedExchange(feed);
        this.health = health;
    }

    /** Opens a connection for the events that the caller may see; without cameras for those of all cameras. */
    SseEmitter open(Caller caller, Set<String> cameras) {
        SseEmitter emitter = streams.open(
                event -> caller.sees(event.userId())
                        && (cameras.isEmpty() || cameras.contains(event.source().getOrDefault(CAMERA, ""))),
                List.of());
        exchange.announce();
        return emitter;
    }

    /** The number of open connections. */
    int connections() {
        return streams.count();
    }

    @Override
    public String sink() {
        return CompletionSinks.LIVE;
    }

    @Override
    public void completed(CompletionEvent event) {
        push(event);
        exchange.write(event);
    }

    private void push(CompletionEvent event) {
        if (pushed.asMap().putIfAbsent(event.eventId(), true) == null) {
            streams.publish(event, new StreamEvent(event.eventId(), "result", event.toJson()));
        }
    }

    private void readOthers() {
        if (streams.count() == 0) {
            exchange.pause();
            return;
        }
        exchange.announce();
        try {
            exchange.read(this::push);
            failing = false;
        } catch (RuntimeException e) {
            if (!failing) {
                log.warn("The events of other instances cannot be read; trying again: {}", e.toString());
            }
            failing = true;
        }
    }

    @Override
    public void start() {
        LoopTimer timer = new LoopTimer(LOOP, health);
        timer.every(LOOP, PERIOD, PERIOD, LONGEST_TURN, this::readOthers);
        reader = timer;
    }

    @Override
    public void stop() {
        LoopTimer timer = reader;
        reader = null;
        streams.end();
        if (timer != null) {
            var _ = timer.stop(STOP_LIMIT);
        }
    }

    @Override
    public boolean isRunning() {
        return reader != null;
    }
}
