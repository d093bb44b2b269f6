package io.renderfleet.settings;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationPropertiesBindException;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.validation.BindValidationException;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.origin.Origin;
import org.springframework.core.Ordered;
import org.springframework.util.ObjectUtils;
import org.springframework.validation.FieldError;
import org.springframework.validation.ObjectError;

/**
 * Explains a setting whose value cannot be used: its name, value, origin, what is accepted, its default and its
 * meaning. Asked before Spring Boot's own analyzers, whose texts name Java classes. The value of a secret is never
 * shown.
 */
final class WrongSettingFailureAnalyzer extends AbstractFailureAnalyzer<ConfigurationPropertiesBindException>
        implements Ordered {
    private static final int MAX_DEPTH = 20;
    private static final String NEWLINE = System.lineSeparator();

    /**
     * @param name of the setting, or of a group of settings that do not fit together
     * @param value null when none was given
     * @param origin null when it is not known
     * @param reason null when only a message about Java types says why
     */
    private record Wrong(
            String name,
            @Nullable Object value,
            @Nullable Origin origin,
            @Nullable String reason) {}

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, ConfigurationPropertiesBindException cause) {
        KnownSettings known = KnownSettings.onClassPath();
        return new FailureAnalysis(
                wrongs(cause, known).stream()
                        .map(wrong -> describe(wrong, known.givenAs(wrong.name, false)))
                        .sorted()
                        .collect(Collectors.joining(NEWLINE + NEWLINE)),
                SettingsCheck.ACTION,
                cause);
    }

    private static List<Wrong> wrongs(ConfigurationPropertiesBindException failure, KnownSettings known) {
        Throwable deepest = failure;
        BindException bind = null;
        for (int depth = 0; depth < MAX_DEPTH && deepest.getCause() != null; depth++) {
            deepest = deepest.getCause();
            if (deepest instanceof BindValidationException invalid) {
                String prefix = invalid.getValidationErrors().getName().toString();
                return invalid.getValidationErrors().getAllErrors().stream()
                        .map(error -> wrong(prefix, error))
                        .toList();
            }
            if (deepest instanceof BindException found) {
                bind = found;
            }
        }
        String message = String.valueOf(deepest.getMessage()).strip().replaceAll("\\s+", " ");
        if (bind == null) {
            return List.of(new Wrong("renderfleet", null, null, message));
        }
        String name = bind.getName().toString();
        boolean ofJavaTypes =
                known.givenAs(name, false).flatMap(KnownSetting::accepted).isPresent();
        var property = bind.getProperty();
        return List.of(new Wrong(
                name,
                property == null ? null : property.getValue(),
                property == null ? null : property.getOrigin(),
                ofJavaTypes ? null : message));
    }

    private static Wrong wrong(String prefix, ObjectError error) {
        String reason = String.valueOf(error.getDefaultMessage());
        return error instanceof FieldError field
                ? new Wrong(
                        prefix + "." + dashed(field.getField()), field.getRejectedValue(), Origin.from(error), reason)
                : new Wrong(prefix, null, null, reason);
    }

    private static String dashed(String field) {
        return ConfigurationPropertyName.adapt(
                        field.replaceAll("([a-z0-9])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT), '.')
                .toString();
    }

    private static String describe(Wrong wrong, Optional<KnownSetting> setting) {
        boolean secret = Secrets.isSecret(wrong.name);
        List<String> lines = new ArrayList<>();
        if (ObjectUtils.isEmpty(wrong.value)) {
            lines.add(wrong.name + " is missing or cannot be used.");
        } else {
            lines.add(wrong.name + " cannot be " + (secret ? "the value that was given." : "'" + wrong.value + "'."));
        }
        if (wrong.reason != null && !secret) {
            lines.add(line("reason", wrong.reason));
        }
        if (wrong.origin != null) {
            lines.add(line("given by", Origins.describe(wrong.origin)));
        }
        setting.ifPresent(known -> {
            known.accepted().ifPresent(accepted -> lines.add(line("accepted", accepted)));
            lines.add(line("default", known.defaultValue() == null ? "none" : "'" + known.defaultValue() + "'"));
            lines.add(line("meaning", known.description()));
            lines.add(line("variable", known.variable()));
        });
        return String.join(NEWLINE, lines);
    }

    private static String line(String label, String text) {
        return "    %-9s  %s".formatted(label, text);
    }

    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }
}
