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
 * Has the embedded servers' own loggers write warnings only. In a
 * Spring Boot application, which sets all levels anew when it starts, this is a default that {@code logging.level}
 * properties override.
 */
final class QuietLoggers implements EnvironmentPostProcessor {
    private static final Map<String, String> LEVELS = Map.of(
            "org.elasticmq", "WARN",
            "org.apache.pekko", "WARN",
            "org.gaul", "WARN",
            "org.eclipse.jetty", "WARN");

    /** For Spring Boot, which finds it in {@code META-INF/spring.factories}. */
    QuietLoggers() {}

    /** Sets the levels now, but for those that somebody has set. */
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
