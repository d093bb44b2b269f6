package io.renderfleet.bridge;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/** The address of a broker that does not answer until it is opened, and then leads to a broker. */
final class Forwarder implements AutoCloseable {
    private final String host;
    private final int port;
    private final int ownPort;
    private final List<AutoCloseable> opened = new ArrayList<>();

    Forwarder(String servers) throws IOException {
        String first = servers.substring(0, servers.indexOf(','));
        host = first.substring(0, first.lastIndexOf(':'));
        port = Integer.parseInt(first.substring(first.lastIndexOf(':') + 1));
        // Closed at once: connections are refused until the port is opened.
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            ownPort = free.getLocalPort();
        }
    }

    String address() {
        return "127.0.0.1:" + ownPort;
    }

    void open() throws IOException {
        ServerSocket server = new ServerSocket(ownPort, 50, InetAddress.getLoopbackAddress());
        keep(server);
        Thread.ofVirtual().start(() -> {
            while (!server.isClosed()) {
                try {
                    Socket client = server.accept();
                    Socket broker = new Socket(host, port);
                    keep(client);
                    keep(broker);
                    copy(client, broker);
                    copy(broker, client);
                } catch (IOException e) {
                    // The end of the test.
                    return;
                }
            }
        });
    }

    private static void copy(Socket from, Socket to) {
        Thread.ofVirtual().start(() -> {
            try (from;
                    to) {
                from.getInputStream().transferTo(to.getOutputStream());
            } catch (IOException e) {
                // One side has closed the connection; both are closed now.
            }
        });
    }

    private synchronized void keep(AutoCloseable each) {
        opened.add(each);
    }

    @Override
    public synchronized void close() {
        for (AutoCloseable each : opened) {
            try {
                each.close();
            } catch (Exception e) {
                throw new UncheckedIOException(new IOException(e));
            }
        }
    }
}
