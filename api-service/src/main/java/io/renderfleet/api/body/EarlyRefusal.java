package io.renderfleet.api.body;

import org.springframework.boot.web.embedded.tomcat.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.stereotype.Component;

/**
 * Lets a client that sends {@code Expect: 100-continue} go on only once its body is wanted, so that a file which is too
 * large is refused before it is sent (RFC 9110, section 10.1.1).
 */
@Component
class EarlyRefusal implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {

    @Override
    public void customize(TomcatServletWebServerFactory factory) {
        factory.addConnectorCustomizers(connector -> connector.setProperty("continueResponseTiming", "onRead"));
    }
}
