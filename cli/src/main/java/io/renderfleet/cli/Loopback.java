package io.renderfleet.cli;

import java.net.URI;
import java.util.Set;

/** Addresses of this machine with http, to which secrets can go without TLS. */
final class Loopback {
    private static final Set<String> HOSTS = Set.of("localhost", "127.0.0.1", "[::1]");

    private Loopback() {}

    static boolean is(URI address) {
        return "http".equals(address.getScheme()) && address.getHost() != null && HOSTS.contains(address.getHost());
    }
}
