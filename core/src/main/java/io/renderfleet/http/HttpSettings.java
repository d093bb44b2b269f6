package io.renderfleet.http;

import java.time.Duration;
import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the HTTP servers of a service protect themselves from web pages of other sites and from slow clients.
 *
 * @param hosts the public names of the service, without ports. If empty, the {@code Host} header is checked only for
 *     connections to a loopback address, where address literals, {@code localhost} and names without a dot are
 *     accepted. If not empty, it is checked for all connections, and these names are accepted too
 * @param headerTimeout the time in which all headers of a request must arrive, counted from its first byte; then the
 *     connection is closed. The same time is allowed for the rest of a body that is not wanted
 */
@ConfigurationProperties("renderfleet.http")
record HttpSettings(
        @DefaultValue Set<String> hosts,
        @DefaultValue("10s") Duration headerTimeout) {
    HttpSettings {
        if (!headerTimeout.isPositive()) {
            throw new IllegalArgumentException("renderfleet.http.header-timeout must be longer than 0");
        }
        hosts = Set.copyOf(hosts);
    }
}
