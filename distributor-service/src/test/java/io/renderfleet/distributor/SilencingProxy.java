package io.renderfleet.distributor;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Stands before a server and can fall silent: connections are taken, and nothing ever comes back. */
final class SilencingProxy implements AutoCloseable {
    private final ServerSocket listener;
    private final URI target;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile boolean silent;

    SilencingProxy(URI target) throws IOException {
        this.target = target;
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        var _ = threads.submit(this::accept);
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort());
    }

    void fallSilent() {
        silent = true;
    }

    void speak() throws IOException {
        silent = false;
        // What was never answered never will be.
        for (Socket socket : open) {
            socket.close();
        }
    }

    private Void accept() throws IOException {
        while (!listener.isClosed()) {
            Socket client = listener.accept();
            Socket server = new Socket(target.getHost(), target.getPort());
            open.add(client);
            open.add(server);
            var _ = threads.submit(() -> relay(client, server, false));
            var _ = threads.submit(() -> relay(server, client, true));
        }
        return null;
    }

    private Void relay(Socket from, Socket to, boolean answers) throws IOException {
        byte[] buffer = new byte[8192];
        try (from;
                to;
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                if (!(silent && answers)) {
                    out.write(buffer, 0, read);
                    out.flush();
                }
            }
        } finally {
            open.remove(from);
            open.remove(to);
        }
        return null;
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : open) {
            socket.close();
        }
        threads.shutdownNow();
    }
}
