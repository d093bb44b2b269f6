package io.renderfleet.api.alerts;

import io.renderfleet.alert.AlertRule.Severity;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Alerts on the results of jobs.
 *
 * @param rules the rules of this deployment, by name; operators add others with {@code PUT /alerts/rules/{name}}
 */
@ConfigurationProperties("renderfleet.alerts")
record AlertSettings(@DefaultValue Map<String, Rule> rules) {
    AlertSettings {
        rules = Map.copyOf(rules);
    }

    /**
     * A rule.
     *
     * @param when an expression in CEL over {@code event} and {@code result}, up to 2,000 characters, such as
     *     {@code result.tasks.exists(t, t.output.risk == 'high')}
     * @param message what the alert says, up to 500 characters
     * @param severity how urgent the alert is
     */
    record Rule(
            @DefaultValue("") String when,
            @DefaultValue("") String message,
            @DefaultValue("WARNING") Severity severity) {}
}
