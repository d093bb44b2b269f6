package io.renderfleet.localaws;

import java.net.URI;
import java.util.Set;

/** Addresses to listen on, and the addresses that reach them from this machine. */
final class Hosts {
    private static final Set<String> WILDCARDS = Set.of("0.0.0.0", "::", "[::]");

    private Hosts() {}

    /** The host itself, or loopback for one that means every interface. */
    static String reachable(String host) {
        return WILDCARDS.contains(host) ? "127.0.0.1" : host;
    }

    static URI uri(String host, int port) {
        return URI.create("http://" + reachable(host) + ":" + port);
    }
}
