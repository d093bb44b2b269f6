package io.renderfleet.chaos;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A TCP proxy on loopback through which the services reach the SQS of a region. It can refuse connections or accept
 * them without answering, and be opened again. SQS only sees connections that end. Thread-safe.
 */
final class RegionProxy implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RegionProxy.class);
    private static final int MAX_CONNECTIONS = 1_000;
    private static final int BACKLOG = 100;
    private static final int BUFFER = 16_384;
    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final Duration CLOSING = Duration.ofSeconds(5);

    private final InetSocketAddress address;
    private final InetSocketAddress upstream;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile boolean silent;
    private @Nullable ServerSocket listener;
    private @Nullable Thread acceptor;

    /**
     * Creates the proxy, which does not listen yet.
     *
     * @param port the port on which it listens
     */
    RegionProxy(int port, URI upstream) {
        this.address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        this.upstream = new InetSocketAddress(upstream.getHost(), upstream.getPort());
    }

    /** Forwards all bytes. Existing connections are reset, because bytes may be missing from them. */
    synchronized void open() {
        resetAll();
        silent = false;
        listen();
    }

    /** Resets all connections and refuses new ones. */
    synchronized void refuse() {
        stopListening();
        resetAll();
    }

    /** Accepts connections and reads from them, but drops all bytes in both directions. */
    synchronized void fallSilent() {
        silent = true;
        listen();
    }

    private void listen() {
        if (listener != null) {
            return;
        }
        try {
            ServerSocket socket = new ServerSocket();
            socket.setReuseAddress(true);
            socket.bind(address, BACKLOG);
            listener = socket;
            acceptor = Thread.ofVirtual().name("proxy-" + address.getPort()).start(() -> accept(socket));
        } catch (IOException e) {
            throw new ChaosException("The proxy could not listen at " + address + ": " + e.getMessage(), e);
        }
    }

    private void accept(ServerSocket socket) {
        while (!socket.isClosed()) {
            try {
                Socket client = socket.accept();
                serve(client);
                if (socket.isClosed()) {
                    // Accepted while the proxy was closing, possibly after the other connections were reset.
                    reset(client);
                }
            } catch (IOException e) {
                // The proxy was closed, or the connection failed; the next accept shows which.
                log.debug("No connection was accepted at {}: {}", address, e.toString());
            }
        }
    }

    private void serve(Socket client) throws IOException {
        if (sockets.size() >= MAX_CONNECTIONS) {
            reset(client);
            return;
        }
        client.setTcpNoDelay(true);
        sockets.add(client);
        Thread.ofVirtual().name("proxy-connection").start(() -> connect(client));
    }

    private void connect(Socket client) {
        Socket server = new Socket();
        sockets.add(server);
        try {
            server.setTcpNoDelay(true);
            server.connect(upstream, Math.toIntExact(CONNECT.toMillis()));
        } catch (IOException e) {
            log.debug("SQS at {} could not be reached: {}", upstream, e.toString());
            reset(client);
            reset(server);
            return;
        }
        Thread.ofVirtual().name("proxy-answers").start(() -> pump(server, client));
        pump(client, server);
    }

    /** Copies bytes until either side ends, and then closes both: HTTP does not need half-open connections. */
    private void pump(Socket from, Socket to) {
        byte[] buffer = new byte[BUFFER];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                if (!silent) {
                    out.write(buffer, 0, read);
                    out.flush();
                }
            }
        } catch (IOException e) {
            log.debug("A connection at {} failed: {}", address, e.toString());
        } finally {
            reset(from);
            reset(to);
        }
    }

    private void resetAll() {
        sockets.forEach(this::reset);
    }

    private void reset(Socket socket) {
        sockets.remove(socket);
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            log.debug("The socket was already closed: {}", e.toString());
        }
        try {
            socket.close();
        } catch (IOException e) {
            log.debug("The socket could not be closed: {}", e.toString());
        }
    }

    /** Waits for the accepting thread: the port is free only when that thread has left accept. */
    private void stopListening() {
        ServerSocket open = listener;
        Thread accepting = acceptor;
        if (open == null || accepting == null) {
            return;
        }
        listener = null;
        acceptor = null;
        try {
            open.close();
            if (!accepting.join(CLOSING)) {
                throw new ChaosException("The proxy at " + address + " did not close within " + CLOSING);
            }
        } catch (IOException e) {
            throw new ChaosException("The proxy at " + address + " did not close: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        refuse();
    }
}
