package io.renderfleet.chaos;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Finds free ports on loopback, below the range that operating systems use for outgoing connections: the port of a
 * killed service must still be free when the service is restarted.
 */
final class FreePorts {
    private static final int LOWEST = 20_000;
    private static final int HIGHEST = 31_999;
    private static final int TRIES = 500;

    private final Set<Integer> taken = new HashSet<>();

    /** Returns a free port that was not returned before. */
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
