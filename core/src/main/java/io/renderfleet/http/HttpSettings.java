package io.renderfleet.http;

import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the HTTP servers of a service protect themselves from web pages of other sites.
 *
 * @param hosts the public names of the service, without ports. If empty, the {@code Host} header is checked only for
 *     connections to a loopback address, where address literals, {@code localhost} and names without a dot are
 *     accepted. If not empty, it is checked for all connections, and these names are accepted too
 */
@ConfigurationProperties("renderfleet.http")
record HttpSettings(@DefaultValue Set<String> hosts) {
    HttpSettings {
        hosts = Set.copyOf(hosts);
    }
}
