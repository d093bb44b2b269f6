package io.renderfleet.client;

import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscribers;
import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads streams of server-sent events. Thread-safe. */
final class EventReader {
    private static final int OK = 200;
    private static final int AHEAD = 100;
    private static final int MAX_DATA = 1024 * 1024;
    /** The API sends at least a comment every 15 seconds. */
    private static final Duration SILENCE = Duration.ofSeconds(60);

    private static final BodyHandler<Stream<String>> LINES = answer -> answer.statusCode() == OK
            ? HttpResponse.BodyHandlers.ofLines().apply(answer)
            : BodySubscribers.mapping(HttpResponse.BodyHandlers.ofString().apply(answer), String::lines);

    private final Connection connection;

    EventReader(Connection connection) {
        this.connection = connection;
    }

    /**
     * Opens a stream, with retries, and reads it until it ends, is silent for a minute, or the listener returns false.
     *
     * @param lastEventId the event after which the stream begins; null for the events from now on
     * @throws ProblemException when the API refuses the stream
     * @throws NoAnswerException when there is no response
     */
    void read(String pattern, String path, @Nullable String lastEventId, Predicate<? super LiveEvent> listener)
            throws InterruptedException {
        Exchange exchange = connection.exchange("GET", pattern);
        HttpResponse<Stream<String>> answer = exchange.call(() -> {
            HttpRequest.Builder request = connection.request(path).setHeader("Accept", "text/event-stream");
            if (lastEventId != null) {
                request.header("Last-Event-ID", lastEventId);
            }
            HttpResponse<Stream<String>> opened =
                    exchange.send(request, LINES, connection.options().requestTimeout());
            if (opened.statusCode() != OK) {
                String body = opened.body().collect(Collectors.joining("\n"));
                throw new ProblemException(
                        Responses.describe(opened),
                        Responses.problem(opened.statusCode(), body),
                        Responses.retryAfter(opened));
            }
            return opened;
        });
        try (Stream<String> lines = answer.body()) {
            BlockingQueue<Optional<String>> queue = new ArrayBlockingQueue<>(AHEAD);
            Thread reader = Thread.ofVirtual().start(() -> take(lines, queue));
            try {
                dispatch(queue, listener);
            } finally {
                reader.interrupt();
            }
        }
    }

    /** Puts the lines into a queue, and an empty element at the end, because a stream cannot be read with a time limit. */
    private static void take(Stream<String> lines, BlockingQueue<Optional<String>> queue) {
        try {
            try {
                for (Iterator<String> all = lines.iterator(); all.hasNext(); ) {
                    queue.put(Optional.of(all.next()));
                }
            } catch (UncheckedIOException e) {
                // The connection broke, which ends the stream as well.
            }
            queue.put(Optional.empty());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void dispatch(BlockingQueue<Optional<String>> lines, Predicate<? super LiveEvent> listener)
            throws InterruptedException {
        String name = "message";
        String id = null;
        StringBuilder data = new StringBuilder();
        while (true) {
            Optional<String> next = lines.poll(SILENCE.toNanos(), TimeUnit.NANOSECONDS);
            if (next == null || next.isEmpty()) {
                return;
            }
            String line = next.get();
            if (line.isEmpty()) {
                if (!data.isEmpty()
                        && !listener.test(
                                new LiveEvent(name, id, data.toString().strip()))) {
                    return;
                }
                name = "message";
                data.setLength(0);
            } else if (line.startsWith("event:")) {
                name = value(line);
            } else if (line.startsWith("id:")) {
                id = value(line);
            } else if (line.startsWith("data:") && data.length() + line.length() <= MAX_DATA) {
                data.append(value(line)).append('\n');
            }
        }
    }

    private static String value(String line) {
        String value = line.substring(line.indexOf(':') + 1);
        return value.startsWith(" ") ? value.substring(1) : value;
    }
}
