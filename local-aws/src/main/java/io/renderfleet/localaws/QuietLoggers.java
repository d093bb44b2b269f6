package io.renderfleet.localaws;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import java.util.List;
import org.slf4j.LoggerFactory;

/** The engines' own loggers: DynamoDB Local alone writes a line per call at INFO. */
final class QuietLoggers {
    static final List<String> NAMES = List.of(
            "org.elasticmq",
            "org.apache.pekko",
            "org.gaul",
            "org.eclipse.jetty",
            "software.amazon.dynamodb",
            "com.almworks.sqlite4java",
            "scalikejdbc");

    private QuietLoggers() {}

    /** Has them write warnings only, but for those whose level somebody has set. */
    static void quieten() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext logback) {
            for (String name : NAMES) {
                var logger = logback.getLogger(name);
                if (logger.getLevel() == null) {
                    logger.setLevel(Level.WARN);
                }
            }
        }
    }
}
