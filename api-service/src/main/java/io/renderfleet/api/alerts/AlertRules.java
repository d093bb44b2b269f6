package io.renderfleet.api.alerts;

import io.renderfleet.alert.AlertRule;
import io.renderfleet.alert.RuleStore;
import io.renderfleet.api.alerts.RuleCondition.InvalidConditionException;
import io.renderfleet.start.CannotStartException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * The rules of the settings and those that operators saved, compiled. The saved ones are read again when an event
 * arrives and the last reading is older than five seconds. If they cannot be read, the event fails and comes back, so
 * that no alert is missed.
 *
 * <p>Thread-safe.
 */
@Component
class AlertRules {
    private static final Duration AGE = Duration.ofSeconds(5);
    private static final Logger log = LoggerFactory.getLogger(AlertRules.class);

    private final RuleStore store;
    private final SortedMap<String, CompiledRule> fixed = new TreeMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private Map<String, CompiledRule> saved = Map.of();
    private @Nullable Long readAt;

    AlertRules(AlertSettings settings, RuleStore store) {
        this.store = store;
        settings.rules().forEach((name, rule) -> fixed.put(name, compiled(name, rule)));
    }

    /** A rule and its condition. */
    record CompiledRule(AlertRule rule, RuleCondition condition) {}

    private static CompiledRule compiled(String name, AlertSettings.Rule rule) {
        String setting = "renderfleet.alerts.rules." + name;
        if (!AlertRule.isName(name)) {
            throw new CannotStartException(
                    "'" + name + "' in " + setting + " cannot be the name of a rule.",
                    "Use a lower-case letter, then up to 31 of a-z, 0-9 and the hyphen.");
        }
        if (rule.message().isBlank() || rule.message().length() > AlertRule.MAX_MESSAGE) {
            throw new CannotStartException(
                    setting + ".message must have 1 to " + AlertRule.MAX_MESSAGE + " characters.",
                    "Say in it what an operator should know about the alert.");
        }
        try {
            return new CompiledRule(
                    new AlertRule(name, rule.when(), rule.message(), rule.severity()),
                    RuleCondition.compile(rule.when()));
        } catch (InvalidConditionException e) {
            throw new CannotStartException(
                    setting + ".when " + e.getMessage() + ".",
                    "Write an expression in CEL over event and result, such as result.tasks.exists(t, t.output.risk =="
                            + " 'high').");
        }
    }

    boolean isFixed(String name) {
        return fixed.containsKey(name);
    }

    /** The rules of the settings. */
    SortedMap<String, CompiledRule> fixed() {
        return fixed;
    }

    /** All rules, by name; a rule of the settings takes precedence. At most five seconds old. */
    SortedMap<String, CompiledRule> all() {
        lock.lock();
        try {
            Long last = readAt;
            if (last == null || System.nanoTime() - last > AGE.toNanos()) {
                saved = compiled(store.all(false));
                readAt = System.nanoTime();
            }
            SortedMap<String, CompiledRule> all = new TreeMap<>(saved);
            all.putAll(fixed);
            return all;
        } finally {
            lock.unlock();
        }
    }

    private Map<String, CompiledRule> compiled(Map<String, AlertRule> rules) {
        Map<String, CompiledRule> compiled = new HashMap<>();
        rules.forEach((name, rule) -> {
            CompiledRule known = saved.get(name);
            if (known != null && known.rule().equals(rule)) {
                compiled.put(name, known);
                return;
            }
            try {
                compiled.put(name, new CompiledRule(rule, RuleCondition.compile(rule.when())));
            } catch (InvalidConditionException e) {
                log.error("The saved alert rule {} is left out, because its condition {}", name, e.getMessage());
            }
        });
        return compiled;
    }
}
