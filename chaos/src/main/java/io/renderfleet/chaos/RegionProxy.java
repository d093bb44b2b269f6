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
 * The only way to a region's SQS: a TCP proxy on loopback that can be closed in two ways and opened again. SQS itself
 * notices nothing but connections that end. Thread-safe.
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
     * Closed at first.
     *
     * @param port where it listens
     */
    RegionProxy(int port, URI upstream) {
        this.address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        this.upstream = new InetSocketAddress(upstream.getHost(), upstream.getPort());
    }

    /** Lets everything through. Connections of the time before are reset: they may lack bytes. */
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

    /** Takes connections and whatever is sent on them, and never answers; what is on its way to anyone is lost. */
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
                    // Taken while the proxy was being closed, and perhaps too late to be reset with the others.
                    reset(client);
                }
            } catch (IOException e) {
                // Closed, or one connection that broke before it began: the next accept tells.
                log.debug("Not accepted at {}: {}", address, e.toString());
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
            log.debug("SQS at {} was not reached: {}", upstream, e.toString());
            reset(client);
            reset(server);
            return;
        }
        Thread.ofVirtual().name("proxy-answers").start(() -> pump(server, client));
        pump(client, server);
    }

    /** Ends when either side does, and both with it: HTTP needs no half-open connections. */
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
            log.debug("A connection at {} broke: {}", address, e.toString());
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
            log.debug("Closed already: {}", e.toString());
        }
        try {
            socket.close();
        } catch (IOException e) {
            log.debug("Not closed: {}", e.toString());
        }
    }

    /** The port is given up when the thread that accepts has let go of it, not when the socket is told to close. */
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
