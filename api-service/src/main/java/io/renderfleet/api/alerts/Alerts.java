package io.renderfleet.api.alerts;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.renderfleet.alert.Alert;
import io.renderfleet.alert.AlertRule;
import io.renderfleet.alert.AlertStore;
import io.renderfleet.alert.AlertTopic;
import io.renderfleet.api.alerts.AlertRules.CompiledRule;
import io.renderfleet.api.alerts.RuleCondition.Outcome;
import io.renderfleet.api.capacity.StreamCapacity;
import io.renderfleet.api.sse.EventStreams;
import io.renderfleet.api.sse.StreamEvent;
import io.renderfleet.api.sse.StreamSettings;
import io.renderfleet.completion.CompletionEvent;
import io.renderfleet.completion.CompletionListener;
import io.renderfleet.completion.CompletionSinks;
import io.renderfleet.identity.Caller;
import io.renderfleet.telemetry.FleetMetric;
import io.renderfleet.telemetry.LoopHealth;
import io.renderfleet.telemetry.LoopTimer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * Evaluates the rules on each completion event, stores the alerts, and pushes them to the connections of {@code GET
 * /alerts/events}. The latest alerts are kept in memory too; those of other instances are read twice a second while
 * there are connections, and when alerts are listed.
 *
 * <p>Thread-safe.
 */
@Component
class Alerts implements CompletionListener, SmartLifecycle {
    private static final String LOOP = "alerts";
    private static final Duration PERIOD = Duration.ofMillis(500);
    private static final Duration LONGEST_TURN = Duration.ofMinutes(2);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(2);

    /** A rule that cannot be evaluated is logged once in this time. */
    private static final Duration LOG_PAUSE = Duration.ofMinutes(1);

    private static final Logger log = LoggerFactory.getLogger(Alerts.class);

    private final AlertRules rules;
    private final AlertStore store;
    private final AlertTopic topic;
    private final EventStreams<Alert> streams;
    private final LoopHealth health;
    private final MeterRegistry meters;
    private final ObjectMapper json;
    private final Map<String, Long> logged = new ConcurrentHashMap<>();

    /** Guards {@link #latest}, so that a new connection neither misses an alert nor gets one twice. */
    private final ReentrantLock reading = new ReentrantLock();

    /** The latest alerts, oldest first. */
    private final List<Alert> latest = new ArrayList<>();

    private long last;
    private boolean failing;
    private volatile @Nullable LoopTimer reader;

    Alerts(
            AlertRules rules,
            AlertStore store,
            AlertTopic topic,
            StreamSettings settings,
            StreamCapacity capacity,
            LoopHealth health,
            MeterRegistry meters,
            ObjectMapper json) {
        this.rules = rules;
        this.store = store;
        this.topic = topic;
        this.streams = new EventStreams<>(settings.maxConnections(), capacity, settings.heartbeat());
        this.health = health;
        this.meters = meters;
        this.json = json;
    }

    @Override
    public String sink() {
        return CompletionSinks.ALERTS;
    }

    /** Evaluates every rule; fails at the end if an alert could not be stored or published, so that the event comes back. */
    @Override
    public void completed(CompletionEvent event) {
        Collection<CompiledRule> all = rules.all().values();
        if (all.isEmpty()) {
            return;
        }
        Map<String, Object> variables = RuleCondition.variables(event);
        RuntimeException failure = null;
        Map<AlertRule, Boolean> stored = new LinkedHashMap<>();
        for (CompiledRule compiled : all) {
            Outcome outcome = compiled.condition().evaluate(variables);
            if (outcome == Outcome.TRUE) {
                try {
                    stored.put(compiled.rule(), raise(event, compiled.rule()));
                } catch (RuntimeException e) {
                    failure = e;
                }
            } else if (outcome != Outcome.FALSE) {
                couldNotEvaluate(compiled.rule(), outcome, event);
            }
        }
        if (stored.containsValue(true) && streams.count() > 0) {
            read();
        }
        try {
            // After the connections, which must not wait for SNS. If it fails, the other alerts are published with this
            // one.
            stored.forEach((rule, isNew) -> topic.publish(event, rule, isNew));
        } catch (RuntimeException e) {
            failure = e;
        }
        if (failure != null) {
            throw failure;
        }
    }

    private boolean raise(CompletionEvent event, AlertRule rule) {
        boolean isNew = store.raise(event, rule).isPresent();
        if (isNew) {
            Counter.builder(FleetMetric.API_ALERTS.metricName())
                    .description(FleetMetric.API_ALERTS.description())
                    .tag("rule", rule.name())
                    .tag("severity", rule.severity().name().toLowerCase(Locale.ROOT))
                    .register(meters)
                    .increment();
        }
        return isNew;
    }

    private void couldNotEvaluate(AlertRule rule, Outcome outcome, CompletionEvent event) {
        Counter.builder(FleetMetric.API_ALERT_ERRORS.metricName())
                .description(FleetMetric.API_ALERT_ERRORS.description())
                .tag("rule", rule.name())
                .tag("reason", outcome.name().toLowerCase(Locale.ROOT))
                .register(meters)
                .increment();
        // A field that is missing is usual: rules see the events of all job types and of failed jobs.
        if (outcome == Outcome.MISSING) {
            return;
        }
        long now = System.nanoTime();
        Long before = logged.get(rule.name());
        if (before == null || now - before > LOG_PAUSE.toNanos()) {
            logged.put(rule.name(), now);
            log.warn(
                    "The alert rule {} could not be evaluated on the event of job {}: {}",
                    rule.name(),
                    event.jobId(),
                    outcome == Outcome.LIMIT
                            ? "it takes too long; use fewer nested macros"
                            : "it compares or combines values of types that do not fit");
        }
    }

    /** The latest alerts that the caller may see, newest first. */
    List<Alert> latest(Caller caller, int limit) {
        reading.lock();
        try {
            read();
            return latest.reversed().stream()
                    .filter(alert -> caller.sees(alert.userId()))
                    .limit(limit)
                    .toList();
        } finally {
            reading.unlock();
        }
    }

    /**
     * Opens a connection for the alerts that the caller may see.
     *
     * @param after the id of the last alert that the client has; later ones are sent first, as far as they are kept.
     *     Null for new alerts only.
     */
    SseEmitter open(Caller caller, @Nullable Long after) {
        reading.lock();
        try {
            read();
            return streams.open(
                    alert -> caller.sees(alert.userId()),
                    after == null
                            ? List.of()
                            : latest.stream()
                                    .filter(alert -> alert.id() > after && caller.sees(alert.userId()))
                                    .map(this::event)
                                    .toList());
        } finally {
            reading.unlock();
        }
    }

    /** Reads the alerts that were stored since the last reading, and pushes them. */
    private void read() {
        reading.lock();
        try {
            long newest = store.last();
            for (long id = Math.max(last + 1, newest - AlertStore.KEPT + 1); id <= newest; id++) {
                store.find(id).ifPresent(alert -> {
                    latest.add(alert);
                    streams.publish(alert, event(alert));
                });
                last = id;
            }
            while (latest.size() > AlertStore.KEPT) {
                latest.removeFirst();
            }
        } finally {
            reading.unlock();
        }
    }

    private StreamEvent event(Alert alert) {
        try {
            return new StreamEvent(Long.toString(alert.id()), "alert", json.writeValueAsString(alert));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("An alert can be written as JSON.", e);
        }
    }

    private void readOthers() {
        if (streams.count() == 0) {
            return;
        }
        try {
            read();
            failing = false;
        } catch (RuntimeException e) {
            if (!failing) {
                log.warn("New alerts cannot be read; trying again: {}", e.toString());
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
