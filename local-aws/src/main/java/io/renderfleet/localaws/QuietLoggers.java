package io.renderfleet.localaws;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.env.EnvironmentPostProcessor;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Sets the level of the embedded servers' loggers to WARN. A Spring Boot application resets all levels when it starts;
 * there this is a default that {@code logging.level} properties override.
 */
final class QuietLoggers implements EnvironmentPostProcessor {
    private static final Map<String, String> LEVELS = Map.of(
            "org.elasticmq", "WARN",
            "org.apache.pekko", "WARN",
            "org.gaul", "WARN",
            "org.eclipse.jetty", "WARN");

    /** Called by Spring Boot, which finds the class in {@code META-INF/spring.factories}. */
    QuietLoggers() {}

    /** Sets the levels now, except those that are set explicitly. */
    static void quieten() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext logback) {
            LEVELS.forEach((name, level) -> {
                var logger = logback.getLogger(name);
                if (logger.getLevel() == null) {
                    logger.setLevel(Level.valueOf(level));
                }
            });
        }
    }

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        var defaults = new LinkedHashMap<String, Object>();
        LEVELS.forEach((name, level) -> defaults.put("logging.level." + name, level));
        environment.getPropertySources().addLast(new MapPropertySource("localAwsLogLevels", defaults));
    }
}
