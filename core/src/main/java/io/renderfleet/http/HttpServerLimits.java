package io.renderfleet.http;

import java.time.Duration;
import org.apache.catalina.core.StandardHost;
import org.springframework.boot.web.embedded.tomcat.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;

/**
 * Limits the time in which the server of a service waits for a client, and answers what Tomcat refuses itself with
 * problem details.
 */
final class HttpServerLimits implements WebServerFactoryCustomizer<TomcatServletWebServerFactory>, Ordered {
    private final Duration headerTimeout;

    HttpServerLimits(HttpSettings settings) {
        this.headerTimeout = settings.headerTimeout();
    }

    /** Before the customizers of a service, which may set another timeout for bodies. */
    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }

    @Override
    public void customize(TomcatServletWebServerFactory factory) {
        factory.setProtocol(TimedHttp11Protocol.class.getName());
        factory.addConnectorCustomizers(connector -> {
            if (connector.getProtocolHandler() instanceof TimedHttp11Protocol protocol) {
                protocol.setLimit(headerTimeout);
                setBodyTimeout(protocol, headerTimeout);
            }
        });
        factory.addContextCustomizers(context ->
                ((StandardHost) context.getParent()).setErrorReportValveClass(ProblemReportValve.class.getName()));
    }

    private static void setBodyTimeout(TimedHttp11Protocol protocol, Duration timeout) {
        protocol.setDisableUploadTimeout(false);
        protocol.setConnectionUploadTimeout(Math.toIntExact(timeout.toMillis()));
    }
}
