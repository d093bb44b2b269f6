package io.renderfleet.bench.cameras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.renderfleet.bench.BenchException;
import io.renderfleet.standalone.RoadPicture;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Simulated cameras. Each sends an event every two seconds, with three groups that have a picture each; an event has about
 * 5 KB. The cameras are spread evenly over the two seconds. An event that the API refuses for the moment is sent again.
 *
 * <p>Thread-safe.
 */
final class Cameras implements AutoCloseable {
    /** The time between two events of a camera. */
    static final Duration PERIOD = Duration.ofSeconds(2);
    /** The number of groups in an event. */
    static final int GROUPS = 3;

    private static final int PICTURE_WIDTH = 64;
    private static final int PICTURES = 40;
    private static final int TRIES = 50;
    private static final Duration REQUEST = Duration.ofSeconds(30);
    private static final Duration AGAIN = Duration.ofMillis(200);
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final URI events;
    private final int count;
    private final HttpClient http = HttpClient.newHttpClient();
    private final List<String> pictures = new ArrayList<>();
    private final ConcurrentLinkedQueue<Sent> accepted = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<String> refused = new ConcurrentLinkedQueue<>();
    private final AtomicInteger busy = new AtomicInteger();

    /**
     * An accepted event.
     *
     * @param sent {@link System#nanoTime} before the request that was accepted
     * @param accepted the same after the response
     */
    record Sent(String jobId, long sent, long accepted, int bytes) {}

    Cameras(URI api, int count) {
        this.events = api.resolve("/events");
        this.count = count;
        for (int i = 0; i < PICTURES; i++) {
            pictures.add(
                    "data:image/jpeg;base64," + Base64.getEncoder().encodeToString(RoadPicture.jpeg(i, PICTURE_WIDTH)));
        }
    }

    /** Sends events for a time, and returns when all were accepted or refused. */
    void send(Duration time) throws InterruptedException {
        long begun = System.nanoTime();
        List<Callable<Void>> all = new ArrayList<>();
        for (int camera = 0; camera < count; camera++) {
            int number = camera;
            all.add(() -> {
                long offset = PERIOD.toNanos() * number / count;
                for (long at = offset; at < time.toNanos(); at += PERIOD.toNanos()) {
                    TimeUnit.NANOSECONDS.sleep(begun + at - System.nanoTime());
                    post(number, at / PERIOD.toNanos());
                }
                return null;
            });
        }
        try (ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Void> ended : senders.invokeAll(all)) {
                ended.get();
            }
        } catch (ExecutionException e) {
            throw new BenchException("A camera failed: " + e.getCause(), e);
        }
    }

    private void post(int camera, long number) throws InterruptedException {
        String body = event(camera, number);
        for (int i = 0; i < TRIES; i++) {
            HttpRequest request = HttpRequest.newBuilder(events)
                    .timeout(REQUEST)
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(body))
                    .build();
            long sent = System.nanoTime();
            try {
                HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
                long now = System.nanoTime();
                JsonNode answer = JSON.readTree(response.body());
                switch (response.statusCode()) {
                    case 200, 202 -> {
                        accepted.add(new Sent(answer.path("jobId").asText(), sent, now, body.length()));
                        return;
                    }
                    case 429, 503 -> {
                        busy.incrementAndGet();
                        TimeUnit.MILLISECONDS.sleep(AGAIN.toMillis());
                    }
                    default -> {
                        refused.add(response.statusCode() + " "
                                + answer.path("detail").asText() + answer.path("errors"));
                        return;
                    }
                }
            } catch (IOException e) {
                refused.add(e.toString());
                return;
            }
        }
        refused.add("The API was busy " + TRIES + " times.");
    }

    private String event(int camera, long number) {
        ObjectNode event = JSON.createObjectNode();
        event.put("cameraId", "camera-%02d".formatted(camera + 1));
        event.put("timestamp", Instant.now().truncatedTo(ChronoUnit.MILLIS).toString());
        ArrayNode objects = event.putArray("detectedObjects");
        ArrayNode groups = event.putArray("trafficGroups");
        ObjectNode images = event.putObject("groupImages");
        for (int group = 1; group <= GROUPS; group++) {
            String id = "group-" + group;
            groups.addObject().put("groupId", id).put("type", "vehicles").put("size", group);
            for (int i = 0; i < group; i++) {
                objects.addObject()
                        .put("label", "car")
                        .put("confidence", 0.9)
                        .putArray("box")
                        .add(10 * i)
                        .add(20)
                        .add(60)
                        .add(40);
            }
            images.put(id, pictures.get((int) ((camera + number * GROUPS + group) % PICTURES)));
        }
        return event.toString();
    }

    /** The events that were accepted, in no order. */
    List<Sent> accepted() {
        return List.copyOf(accepted);
    }

    /** Why events were refused for good. */
    List<String> refused() {
        return List.copyOf(refused);
    }

    /** How often the API answered that it was busy. */
    int busy() {
        return busy.get();
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
