package io.renderfleet.chaos;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports on loopback that nobody listens on. They lie below those that systems give to outgoing connections: a service
 * that is killed must find its port free when it comes back.
 */
final class FreePorts {
    private static final int LOWEST = 20_000;
    private static final int HIGHEST = 31_999;
    private static final int TRIES = 500;

    private final Set<Integer> taken = new HashSet<>();

    /** Another one, never the same twice. */
    int next() {
        for (int i = 0; i < TRIES; i++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST + 1);
            if (taken.add(port) && isFree(port)) {
                return port;
            }
        }
        throw new ChaosException("No port from " + LOWEST + " to " + HIGHEST + " is free on loopback.");
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
