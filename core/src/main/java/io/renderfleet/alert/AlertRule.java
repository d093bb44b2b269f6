package io.renderfleet.alert;

import java.util.regex.Pattern;

/**
 * A rule that raises an alert for each completion event for which its condition is true.
 *
 * @param name a lower-case letter, then up to 31 of a-z, 0-9 and the hyphen
 * @param when an expression in CEL over {@code event} and {@code result}, up to {@value #MAX_WHEN} characters
 * @param message what the alert says, up to {@value #MAX_MESSAGE} characters
 */
public record AlertRule(String name, String when, String message, Severity severity) {
    public static final int MAX_WHEN = 2000;
    public static final int MAX_MESSAGE = 500;

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,31}");

    /** How urgent an alert is. */
    public enum Severity {
        INFO,
        WARNING,
        CRITICAL
    }

    public AlertRule {
        if (!isName(name) || when.length() > MAX_WHEN || message.length() > MAX_MESSAGE) {
            throw new IllegalArgumentException("The name, the condition or the message of the rule is not valid.");
        }
    }

    /** Whether a text can be the name of a rule. */
    public static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }
}
