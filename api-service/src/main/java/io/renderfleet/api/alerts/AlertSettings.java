package io.renderfleet.api.alerts;

import io.renderfleet.alert.AlertRule.Severity;
import jakarta.validation.constraints.Pattern;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Alerts on the results of jobs.
 *
 * @param topic the ARN of a standard topic of SNS, to which each alert is published at least once; empty for none
 * @param links the public address of the API without a slash at its end, such as {@code https://api.example.com}, for the
 *     links to jobs in published alerts; empty for messages without links
 * @param rules the rules of this deployment, by name; operators add others with {@code PUT /alerts/rules/{name}}
 */
@Validated
@ConfigurationProperties("renderfleet.alerts")
record AlertSettings(
        @DefaultValue("")
        @Pattern(
                regexp = "|arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}",
                message = "must be the ARN of a standard topic of SNS, such as"
                        + " arn:aws:sns:us-east-1:123456789012:alerts, or empty")
        String topic,

        @DefaultValue("")
        @Pattern(
                regexp = "|https?://\\S*[^/\\s]",
                message = "must be the public address of the API, such as https://api.example.com, or empty")
        String links,

        @DefaultValue Map<String, Rule> rules) {
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
