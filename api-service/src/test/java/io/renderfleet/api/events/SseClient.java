package io.renderfleet.api.events;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A client of a stream of server-sent events over a socket, so that a test decides when it reads. */
public final class SseClient implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final Socket socket;
    private final BufferedReader in;
    private final BlockingQueue<Map<String, String>> events = new LinkedBlockingQueue<>();
    private final Thread reader = Thread.ofVirtual().unstarted(this::read);
    private final String status;
    private final String head;

    private SseClient(int port, String path, String headers) throws IOException {
        socket = new Socket();
        // Small, so that a client that does not read is soon noticed.
        socket.setReceiveBufferSize(4096);
        socket.connect(new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), port), 5000);
        socket.setSoTimeout(Math.toIntExact(LIMIT.toMillis()));
        // HTTP/1.0 has no chunks, so that every line is one of the stream.
        String request = "GET " + path + " HTTP/1.0\r\nHost: localhost\r\n" + headers + "\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        status = in.readLine();
        StringBuilder lines = new StringBuilder();
        String line = in.readLine();
        while (line != null && !line.isEmpty()) {
            lines.append(line).append('\n');
            line = in.readLine();
        }
        head = lines.toString();
        if (isOpen()) {
            // The comment with which every stream begins.
            while (line != null && !line.startsWith(":")) {
                line = in.readLine();
            }
        }
    }

    /** Connects, and waits until the stream has begun or was refused. */
    public static SseClient connect(int port, String path) throws IOException {
        return connect(port, path, "");
    }

    /**
     * As {@link #connect(int, String)}, with headers.
     *
     * @param headers lines that end with CR and LF
     */
    public static SseClient connect(int port, String path, String headers) throws IOException {
        SseClient client = new SseClient(port, path, headers);
        if (client.isOpen()) {
            client.reader.start();
        }
        return client;
    }

    /** Connects and reads nothing until {@link #startReading}. */
    public static SseClient silent(int port, String path) throws IOException {
        return new SseClient(port, path, "");
    }

    public void startReading() {
        reader.start();
    }

    public boolean isOpen() {
        return status.contains(" 200");
    }

    public String status() {
        return status;
    }

    /** The lines of the header of the response. */
    public String head() {
        return head;
    }

    private void read() {
        Map<String, String> event = new LinkedHashMap<>();
        try {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.isEmpty() && !event.isEmpty()) {
                    events.add(event);
                    event = new LinkedHashMap<>();
                } else if (!line.startsWith(":") && line.indexOf(':') > 0) {
                    event.put(line.substring(0, line.indexOf(':')), line.substring(line.indexOf(':') + 1));
                } else if (line.startsWith(":") && line.contains("heartbeat")) {
                    events.add(Map.of("event", "heartbeat"));
                }
            }
        } catch (IOException e) {
            // The end of the connection, as seen by a client.
        }
        events.add(Map.of("event", "end"));
    }

    /** The next event by its fields; {@code event=end} when the stream has ended. */
    public Map<String, String> next() throws InterruptedException {
        Map<String, String> event = next(LIMIT);
        if (event.isEmpty()) {
            throw new UncheckedIOException(new IOException("There was no event within " + LIMIT));
        }
        return event;
    }

    /** The next event; empty when there is none within this time. */
    public Map<String, String> next(Duration limit) throws InterruptedException {
        Map<String, String> event = events.poll(limit.toMillis(), TimeUnit.MILLISECONDS);
        return event == null ? Map.of() : event;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
