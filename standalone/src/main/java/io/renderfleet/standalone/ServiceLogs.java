package io.renderfleet.standalone;

import org.slf4j.bridge.SLF4JBridgeHandler;

/** Where the services' logs go when all of them run in one JVM. */
public final class ServiceLogs {
    private ServiceLogs() {}

    /**
     * Sends everything that is logged, Tomcat's lines included, where {@code logback.xml} says. To be called before the
     * first service is started: each would otherwise set logging up for itself.
     */
    public static void toOnePlace() {
        System.setProperty("org.springframework.boot.logging.LoggingSystem", "none");
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
    }
}
