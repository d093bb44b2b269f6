package io.renderfleet.api.body;

import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.springframework.boot.web.embedded.tomcat.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.stereotype.Component;

/**
 * Configures how Tomcat reads bodies:
 *
 * <ul>
 *   <li>It sends {@code 100 Continue} only when the body is read, so that a request whose declared length is too large
 *       is refused before the client sends the body (RFC 9110, section 10.1.1).
 *   <li>A read ends when no byte has arrived during {@link BodySettings#grace()}.
 * </ul>
 */
@Component
class BodyConnector implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {
    private final BodySettings settings;

    BodyConnector(BodySettings settings) {
        this.settings = settings;
    }

    @Override
    public void customize(TomcatServletWebServerFactory factory) {
        factory.addConnectorCustomizers(connector -> {
            if (connector.getProtocolHandler() instanceof AbstractHttp11Protocol<?> protocol) {
                protocol.setContinueResponseTiming("onRead");
                protocol.setDisableUploadTimeout(false);
                protocol.setConnectionUploadTimeout(
                        Math.toIntExact(settings.grace().toMillis()));
            }
        });
    }
}
