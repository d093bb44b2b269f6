package io.renderfleet.start;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringBootExceptionReporter;
import org.springframework.boot.context.properties.ConfigurationPropertiesBindException;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.validation.BindValidationException;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.util.ObjectUtils;
import org.springframework.validation.FieldError;
import org.springframework.validation.ObjectError;

/**
 * Says in one line of the log why a service does not start, when the reason is what it was given: a setting, a port, or
 * an account without its queues. Whatever else goes wrong is left to Spring Boot, stack trace and all.
 *
 * <p>Values are told only where the reason quotes them, and never for what sounds like a secret.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class StartFailureReporter implements SpringBootExceptionReporter {
    private static final int MAX_DEPTH = 20;
    private static final Logger log = LoggerFactory.getLogger(StartFailureReporter.class);

    private final String service;

    /** @param context Spring Boot's; null when there was none yet */
    StartFailureReporter(@Nullable ConfigurableApplicationContext context) {
        String name = context == null ? null : context.getEnvironment().getProperty("spring.application.name");
        this.service = name == null ? "The service" : name;
    }

    @Override
    public boolean reportException(Throwable failure) {
        Optional<String> reason = reason(failure);
        reason.ifPresent(text -> log.error("{} cannot start: {}", service, text));
        return reason.isPresent();
    }

    static Optional<String> reason(Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < MAX_DEPTH; depth++, cause = cause.getCause()) {
            switch (cause) {
                case CannotStartException cannot -> {
                    return Optional.ofNullable(cannot.getMessage());
                }
                case PortInUseException port -> {
                    return Optional.of("Port " + port.getPort() + " is taken. Stop what uses it, or set server.port or"
                            + " management.server.port.");
                }
                case ConfigurationPropertiesBindException bind -> {
                    return Optional.of(ofBinding(bind));
                }
                default -> {
                    // The cause's cause may be one.
                }
            }
        }
        return Optional.empty();
    }

    private static String ofBinding(ConfigurationPropertiesBindException failure) {
        Throwable deepest = failure;
        String setting = "";
        for (int depth = 0; depth < MAX_DEPTH; depth++) {
            if (deepest instanceof BindValidationException invalid) {
                String prefix = invalid.getValidationErrors().getName().toString();
                return invalid.getValidationErrors().getAllErrors().stream()
                        .map(error -> ofError(prefix, error))
                        .sorted()
                        .collect(Collectors.joining(" "));
            }
            if (deepest instanceof BindException bind) {
                setting = bind.getName().toString();
            }
            if (deepest.getCause() == null) {
                break;
            }
            deepest = deepest.getCause();
        }
        String message = String.valueOf(deepest.getMessage()).strip().replaceAll("\\s+", " ");
        return named(setting) + ": " + (isSecret(setting) ? "it cannot be read." : sentence(message));
    }

    private static String ofError(String prefix, ObjectError error) {
        String setting = error instanceof FieldError field ? prefix + "." + dashed(field.getField()) : prefix;
        String message = String.valueOf(error.getDefaultMessage());
        Object value = error instanceof FieldError field ? field.getRejectedValue() : null;
        boolean quoted = !ObjectUtils.isEmpty(value) && !isSecret(setting);
        return named(setting) + (quoted ? " is '" + value + "' and " : " ") + sentence(message);
    }

    private static String named(String setting) {
        return setting + " (" + setting.replace("-", "").replace('.', '_').toUpperCase(Locale.ROOT) + ")";
    }

    private static String dashed(String field) {
        return field.replaceAll("([a-z0-9])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
    }

    private static boolean isSecret(String setting) {
        return setting.contains("secret") || setting.contains("token") || setting.contains("key");
    }

    private static String sentence(String text) {
        return text.endsWith(".") ? text : text + ".";
    }
}
