package io.renderfleet.localaws;

import java.net.URI;
import java.util.Set;

/** Converts addresses to listen on to addresses that a client on this machine can use. */
final class Hosts {
    private static final Set<String> WILDCARDS = Set.of("0.0.0.0", "::", "[::]");

    private Hosts() {}

    /** The host, or the loopback address if the host stands for all interfaces. */
    static String reachable(String host) {
        return WILDCARDS.contains(host) ? "127.0.0.1" : host;
    }

    static URI uri(String host, int port) {
        return URI.create("http://" + reachable(host) + ":" + port);
    }
}
