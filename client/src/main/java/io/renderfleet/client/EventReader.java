package io.renderfleet.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads streams of <a href="https://html.spec.whatwg.org/multipage/server-sent-events.html">server-sent events</a>.
 * Thread-safe.
 */
final class EventReader {
    /** Three comments of the API, which sends one every 15 seconds, did not arrive. */
    static final Duration SILENCE = Duration.ofSeconds(45);

    private static final int OK = 200;
    private static final int NO_CONTENT = 204;
    private static final int AHEAD = 100;
    private static final int MAX_DATA = 1024 * 1024;
    private static final int MAX_PROBLEM = 64 * 1024;

    private final Connection connection;
    private final Duration silence;

    /** @param silence a connection on which nothing has arrived for this time is given up */
    EventReader(Connection connection, Duration silence) {
        this.connection = connection;
        this.silence = silence;
    }

    /** Why the reading of a connection ended. */
    enum End {
        /** The listener returned false. */
        STOPPED,
        /** The API ended the stream, the connection broke, or nothing arrived for too long. */
        INTERRUPTED,
        /** The API has no more events after the last one, and answered 204. */
        NO_MORE,
        TIME_UP
    }

    /** The events of a connection end here: the position of the next one, and why. */
    record Reading(End end, @Nullable String lastEventId, boolean hadEvents) {}

    /**
     * Reads a stream until the listener returns false or the time is up. When the connection ends, it is opened again
     * after a pause that grows up to the longest one of {@link RetryPolicy}, and the stream continues after the last
     * event that was read.
     *
     * @param lastEventId the event after which the stream begins; null for the events from now on
     * @throws ProblemException when the API refuses the stream, also when it was tried again
     * @throws NoAnswerException when there is no response, also when it was tried again
     */
    void follow(
            String pattern,
            String path,
            @Nullable String lastEventId,
            Duration limit,
            Predicate<? super LiveEvent> listener)
            throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        String last = lastEventId;
        int failures = 0;
        for (Duration left = limit; left.isPositive(); left = Duration.ofNanos(deadline - System.nanoTime())) {
            Reading reading = read(pattern, path, last, left, listener);
            if (reading.end() != End.INTERRUPTED) {
                return;
            }
            last = reading.lastEventId();
            failures = reading.hadEvents() ? 1 : failures + 1;
            Duration pause = connection.options().retries().pause(failures, null, ThreadLocalRandom.current());
            TimeUnit.NANOSECONDS.sleep(Math.min(pause.toNanos(), Math.max(0, deadline - System.nanoTime())));
        }
    }

    /** Opens a stream, with the retries of the options, and reads this one connection. */
    Reading read(
            String pattern,
            String path,
            @Nullable String lastEventId,
            Duration limit,
            Predicate<? super LiveEvent> listener)
            throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        Duration retries = connection.options().retries().deadline();
        Exchange exchange = connection.exchange("GET", pattern, limit.compareTo(retries) < 0 ? limit : retries);
        HttpResponse<InputStream> answer = exchange.call(() -> open(exchange, path, lastEventId));
        InputStream body = answer.body();
        try {
            if (answer.statusCode() != OK) {
                return new Reading(End.NO_MORE, lastEventId, false);
            }
            BlockingQueue<Optional<String>> lines = new ArrayBlockingQueue<>(AHEAD);
            Thread reader = Thread.ofVirtual().name("event-reader").start(() -> take(body, lines));
            try {
                return dispatch(lines, lastEventId, deadline, listener);
            } finally {
                reader.interrupt();
            }
        } finally {
            close(body);
        }
    }

    private static void close(InputStream body) {
        try {
            body.close();
        } catch (IOException e) {
            // The connection is broken, and nothing more is read from it.
        }
    }

    private HttpResponse<InputStream> open(Exchange exchange, String path, @Nullable String lastEventId)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = connection.request(path).setHeader("Accept", "text/event-stream");
        if (lastEventId != null) {
            request.header("Last-Event-ID", lastEventId);
        }
        HttpResponse<InputStream> opened = exchange.send(
                request, BodyHandlers.ofInputStream(), connection.options().requestTimeout());
        if (opened.statusCode() == OK || opened.statusCode() == NO_CONTENT) {
            return opened;
        }
        try (InputStream body = opened.body()) {
            throw new ProblemException(
                    Responses.describe(opened),
                    Responses.problem(
                            opened.statusCode(), new String(body.readNBytes(MAX_PROBLEM), StandardCharsets.UTF_8)),
                    Responses.retryAfter(opened));
        }
    }

    /** Puts the lines into a queue, and an empty element at the end, because a stream cannot be read with a time limit. */
    private static void take(InputStream body, BlockingQueue<Optional<String>> lines) {
        try {
            try {
                for (String line = line(body); line != null; line = line(body)) {
                    lines.put(Optional.of(line));
                }
            } catch (IOException e) {
                // The connection broke or was closed, which ends the stream as well.
            }
            lines.put(Optional.empty());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The next line, which the API ends with a line feed; null at the end of the stream, which ends no line. */
    private static @Nullable String line(InputStream body) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = body.read(); next >= 0; next = body.read()) {
            if (next == '\n') {
                String text = line.toString(StandardCharsets.UTF_8);
                return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
            }
            line.write(next);
            if (line.size() > MAX_DATA) {
                throw new IOException("A line of a stream is longer than " + MAX_DATA + " bytes");
            }
        }
        return null;
    }

    private Reading dispatch(
            BlockingQueue<Optional<String>> lines,
            @Nullable String lastEventId,
            long deadline,
            Predicate<? super LiveEvent> listener)
            throws InterruptedException {
        String name = "";
        String id = lastEventId;
        boolean hadEvents = false;
        StringBuilder data = new StringBuilder();
        while (true) {
            long left = deadline - System.nanoTime();
            Optional<String> next = lines.poll(Math.min(left, silence.toNanos()), TimeUnit.NANOSECONDS);
            if (next == null && left <= silence.toNanos()) {
                return new Reading(End.TIME_UP, id, hadEvents);
            }
            if (next == null || next.isEmpty() || data.length() > MAX_DATA) {
                return new Reading(End.INTERRUPTED, id, hadEvents);
            }
            String line = next.get();
            if (line.isEmpty()) {
                if (!data.isEmpty()) {
                    hadEvents = true;
                    // Each line of the data was added with a line feed, and the last one is not part of it.
                    String text = data.substring(0, data.length() - 1);
                    if (!listener.test(new LiveEvent(name.isEmpty() ? "message" : name, id, text))) {
                        return new Reading(End.STOPPED, id, true);
                    }
                }
                name = "";
                data.setLength(0);
            } else if (line.startsWith("event:")) {
                name = value(line);
            } else if (line.startsWith("id:")) {
                id = value(line);
            } else if (line.startsWith("data:")) {
                data.append(value(line)).append('\n');
            }
        }
    }

    private static String value(String line) {
        String value = line.substring(line.indexOf(':') + 1);
        return value.startsWith(" ") ? value.substring(1) : value;
    }
}
