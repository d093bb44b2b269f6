package io.renderfleet.client;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A client of the HTTP API. Calls block their thread and may be made from virtual ones. What fails for the moment (no
 * connection, no answer, 429, 500, 502, 503 or 504) is repeated as {@link RetryPolicy} says, not before the time that
 * {@code Retry-After} names; a call that fails for good throws a {@link ClientException}. Every submission carries an
 * idempotency key or a job id, so that a repeated request never submits a second job. Thread-safe.
 */
public final class RenderfleetClient implements AutoCloseable {
    private static final int OK = 200;
    private static final int CREATED = 201;
    private static final int ACCEPTED = 202;
    private static final int FOUND = 302;
    private static final int MAX_BATCH = 100;
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final String JOBS = "/jobs";
    private static final String BATCH = "/jobs/batch";
    private static final JsonMapper JSON = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            // A newer API may say more.
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            .build();

    private final ClientOptions options;
    private final String api;
    private final HttpClient http;

    /** A client with connections of its own; close it when it is no longer used. */
    public RenderfleetClient(ClientOptions options) {
        this(
                options,
                HttpClient.newBuilder()
                        // Over plain HTTP the JDK would ask for an upgrade to HTTP/2 with each first request.
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(options.connectTimeout())
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .build());
    }

    private RenderfleetClient(ClientOptions options, HttpClient http) {
        String address = options.api().toString();
        this.options = options;
        this.api = address.endsWith("/") ? address.substring(0, address.length() - 1) : address;
        this.http = http;
    }

    /** With the default options. */
    public static RenderfleetClient of(URI api) {
        return new RenderfleetClient(ClientOptions.of(api));
    }

    /**
     * The same client with other timeouts and retries. It shares the connections of this one, whose connect timeout stays
     * in force, and ends with it: only the original needs to be closed.
     */
    public RenderfleetClient with(ClientOptions other) {
        return new RenderfleetClient(other, http);
    }

    public ClientOptions options() {
        return options;
    }

    /**
     * Submits a job. When it returns, the job is stored and queued.
     *
     * @throws ProblemException when the API refuses the job, or is still busy after the last attempt
     * @throws NoAnswerException when it is unknown whether the job was accepted
     */
    public AcceptedJob submit(JobRequest request) throws InterruptedException {
        ObjectNode body = body(request);
        String content = text(body);
        String key = body.has(JobRequest.JOB_ID)
                ? null
                : request.idempotencyKey() == null ? UUID.randomUUID().toString() : request.idempotencyKey();
        Exchange exchange = exchange("POST", JOBS);
        return exchange.call(() -> {
            HttpRequest.Builder post = json(JOBS, content);
            if (key != null) {
                post.header("Idempotency-Key", key);
            }
            HttpResponse<String> answer = send(exchange, post, ACCEPTED);
            boolean replayed = answer.headers()
                    .firstValue("Idempotent-Replayed")
                    .map(Boolean::parseBoolean)
                    .orElse(false);
            return accepted(answer, read(answer, JsonNode.class), replayed);
        });
    }

    /**
     * Submits up to 100 jobs with one request. Each is accepted or refused on its own; those that the API is too busy for
     * are sent again like a request of their own. A job without an id gets a random one, which makes that safe; batches
     * have no idempotency keys.
     *
     * @return one item for each request, in their order
     */
    public List<BatchItem> submitBatch(List<JobRequest> requests) throws InterruptedException {
        if (requests.isEmpty() || requests.size() > MAX_BATCH) {
            throw new IllegalArgumentException(
                    "A batch has from 1 to " + MAX_BATCH + " jobs, not " + requests.size() + ".");
        }
        List<ObjectNode> bodies = new ArrayList<>();
        for (JobRequest request : requests) {
            if (request.idempotencyKey() != null) {
                throw new IllegalArgumentException(
                        "A job of a batch cannot have an idempotency key: give it a job id instead.");
            }
            ObjectNode body = body(request);
            if (!body.has(JobRequest.JOB_ID)) {
                body.put(JobRequest.JOB_ID, UUID.randomUUID().toString());
            }
            bodies.add(body);
        }
        Exchange exchange = exchange("POST", BATCH);
        Map<Integer, BatchItem> items = new TreeMap<>();
        List<Integer> left = new ArrayList<>();
        for (int i = 0; i < bodies.size(); i++) {
            left.add(i);
        }
        while (true) {
            List<Integer> sent = left;
            HttpResponse<String> answer = exchange.call(() -> {
                String content = text(JSON.createObjectNode()
                        .set(
                                "jobs",
                                JSON.valueToTree(sent.stream().map(bodies::get).toList())));
                return send(exchange, json(BATCH, content), ACCEPTED);
            });
            List<BatchItem> answered = items(answer, sent);
            answered.forEach(item -> items.put(item.index(), item));
            left = answered.stream()
                    .filter(item -> item.problem() != null && item.problem().isTransient())
                    .map(BatchItem::index)
                    .toList();
            if (left.isEmpty() || !exchange.mayRepeat(status(items, left), left.size(), retryAfter(answer))) {
                return List.copyOf(items.values());
            }
        }
    }

    private static int status(Map<Integer, BatchItem> items, List<Integer> left) {
        BatchItem first = items.get(left.getFirst());
        return first == null || first.problem() == null ? 0 : first.problem().status();
    }

    /** The items of an answer, with their places in the whole batch. */
    private static List<BatchItem> items(HttpResponse<String> answer, List<Integer> sent) {
        List<BatchItem> items = new ArrayList<>();
        JsonNode read = read(answer, JsonNode.class).path("items");
        for (JsonNode item : read) {
            int index = item.path("index").asInt(-1);
            if (index < 0 || index >= sent.size()) {
                throw unreadable(answer, null);
            }
            items.add(
                    item.hasNonNull(JobRequest.JOB_ID)
                            ? new BatchItem(
                                    sent.get(index),
                                    accepted(answer, item, item.path("replayed").asBoolean()),
                                    null)
                            : new BatchItem(sent.get(index), null, problem(answer, item.path("problem"))));
        }
        if (items.size() != sent.size()) {
            throw unreadable(answer, null);
        }
        return items;
    }

    private static Problem problem(HttpResponse<String> answer, JsonNode problem) {
        try {
            return JSON.treeToValue(problem, Problem.class);
        } catch (JsonProcessingException e) {
            throw unreadable(answer, e);
        }
    }

    private static AcceptedJob accepted(HttpResponse<String> answer, JsonNode body, boolean replayed) {
        try {
            return new AcceptedJob(
                    JSON.treeToValue(body.required(JobRequest.JOB_ID), String.class),
                    JSON.treeToValue(body.required("status"), Job.Status.class),
                    replayed);
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw unreadable(answer, e);
        }
    }

    /** Reads a job. */
    public Job job(String jobId) throws InterruptedException {
        return read(jobAnswer(jobId, options.retries().deadline()), Job.class);
    }

    private HttpResponse<String> jobAnswer(String jobId, Duration limit) throws InterruptedException {
        Exchange exchange = new Exchange(http, options, "GET", "/jobs/{id}", limit);
        return exchange.call(() -> send(exchange, request(JOBS + "/" + encoded(jobId)), OK));
    }

    /**
     * Waits until a job is COMPLETED, FAILED or CANCELLED, and reads it as often as the API asks for. The last read may end
     * up to one request timeout after the limit.
     *
     * @throws JobTimeoutException when it is not over within the limit
     */
    public Job awaitEnd(String jobId, Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        Duration read = options.retries().deadline();
        while (true) {
            long nanos = Math.max(
                    deadline - System.nanoTime(), options.requestTimeout().toNanos());
            HttpResponse<String> answer = jobAnswer(jobId, Duration.ofNanos(Math.min(nanos, read.toNanos())));
            Job job = read(answer, Job.class);
            if (job.status().isTerminal()) {
                return job;
            }
            Duration asked = retryAfter(answer);
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                throw new JobTimeoutException(job, limit);
            }
            // The last pause is shorter, so that the end of the limit is used.
            TimeUnit.NANOSECONDS.sleep(Math.min(left, (asked == null ? POLL : asked).toNanos()));
        }
    }

    /** Reads the first page of a listing, newest jobs first. */
    public JobPage jobs(JobQuery query) throws InterruptedException {
        return page(query, null);
    }

    /** Reads the page of a listing to which a cursor points. */
    public JobPage jobs(JobQuery query, String cursor) throws InterruptedException {
        return page(query, cursor);
    }

    private JobPage page(JobQuery query, @Nullable String cursor) throws InterruptedException {
        String parameters = query.parameters(cursor).entrySet().stream()
                .map(parameter -> parameter.getKey() + "=" + encoded(parameter.getValue()))
                .collect(Collectors.joining("&"));
        return read(get(JOBS, JOBS + "?" + parameters), JobPage.class);
    }

    /** Reads as many pages as it takes to list the newest jobs, up to a number of them. */
    public List<Job> jobs(JobQuery query, int max) throws InterruptedException {
        List<Job> all = new ArrayList<>();
        JobPage page = page(query, null);
        all.addAll(page.items());
        for (String next = page.next(); next != null && all.size() < max; next = page.next()) {
            page = page(query, next);
            all.addAll(page.items());
        }
        return all.size() > max ? List.copyOf(all.subList(0, max)) : all;
    }

    /**
     * Cancels a job: at once when it waits, within seconds when it runs. Repeating it is harmless.
     *
     * @return the job after the request
     */
    public Job cancel(String jobId) throws InterruptedException {
        return post(jobId, "cancel");
    }

    /**
     * Runs a FAILED or CANCELLED job again, with the same id and its history kept.
     *
     * @return the job after the request
     */
    public Job retry(String jobId) throws InterruptedException {
        return post(jobId, "retry");
    }

    private Job post(String jobId, String action) throws InterruptedException {
        Exchange exchange = exchange("POST", "/jobs/{id}/" + action);
        return exchange.call(() -> read(
                send(
                        exchange,
                        request(JOBS + "/" + encoded(jobId) + "/" + action).POST(BodyPublishers.noBody()),
                        ACCEPTED),
                Job.class));
    }

    /**
     * Downloads the result of a COMPLETED job. The file appears when it is complete and replaces an older one.
     *
     * @throws ProblemException when there is no result
     * @throws UncheckedIOException when the file cannot be written
     */
    public void download(String jobId, Path file) throws InterruptedException {
        download("/jobs/{id}/result", JOBS + "/" + encoded(jobId) + "/result", file);
    }

    /**
     * Downloads an artifact of a job, as {@link #download} does with the result. {@link #job} lists the
     * artifacts that there are.
     *
     * @param name of the artifact, such as {@code log.txt}
     * @throws ProblemException when the job has no such artifact
     * @throws UncheckedIOException when the file cannot be written
     */
    public void downloadArtifact(String jobId, String name, Path file) throws InterruptedException {
        download("/jobs/{id}/artifacts/{name}", JOBS + "/" + encoded(jobId) + "/artifacts/" + encoded(name), file);
    }

    private void download(String pattern, String path, Path file) throws InterruptedException {
        Path target = file.toAbsolutePath();
        Path part = target.resolveSibling(target.getFileName() + ".part");
        Exchange exchange = transfer("GET", pattern);
        try {
            if (target.getParent() != null) {
                Files.createDirectories(target.getParent());
            }
            // Each attempt asks for a new link: an old one may have expired.
            exchange.call(() -> {
                HttpResponse<String> answer = send(exchange, request(path), FOUND);
                URI link = answer.headers()
                        .firstValue("Location")
                        .map(answer.uri()::resolve)
                        .orElseThrow(() -> unreadable(answer, null));
                HttpResponse<Path> result = exchange.send(
                        HttpRequest.newBuilder(link),
                        BodyHandlers.ofFile(part, CREATE, TRUNCATE_EXISTING, WRITE),
                        options.transferTimeout());
                if (result.statusCode() != OK) {
                    throw new IOException("the link to the file was answered with " + result.statusCode());
                }
                return result;
            });
            Files.move(part, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("The file could not be written to " + target, e);
        } finally {
            delete(part);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(file + " could not be deleted", e);
        }
    }

    /**
     * Uploads a design, which the API checks before it stores it. The same name may be given to another file later; jobs
     * that were submitted before keep theirs.
     *
     * @param contentType {@code model/gltf-binary} or {@code model/gltf+json}
     * @throws UncheckedIOException when the file cannot be read
     */
    public StoredDesign uploadDesign(String designId, Path file, String contentType) throws InterruptedException {
        Exchange exchange = transfer("PUT", "/designs/{id}");
        return exchange.call(() -> {
            HttpRequest.Builder put = request("/designs/" + encoded(designId))
                    .header("Content-Type", contentType)
                    .PUT(content(file));
            return read(
                    checked(exchange.send(put, BodyHandlers.ofString(), options.transferTimeout()), OK, CREATED),
                    StoredDesign.class);
        });
    }

    private static BodyPublisher content(Path file) {
        try {
            return BodyPublishers.ofFile(file);
        } catch (FileNotFoundException e) {
            throw new UncheckedIOException("The design " + file + " cannot be read", e);
        }
    }

    /** Reads the ids of the first page of stored designs, in their order; useful to find out whether the API answers. */
    public List<String> designs() throws InterruptedException {
        List<String> ids = new ArrayList<>();
        read(get("/designs", "/designs"), JsonNode.class)
                .path("items")
                .forEach(item -> ids.add(item.path("designId").asText()));
        return ids;
    }

    private Exchange exchange(String method, String path) {
        return new Exchange(http, options, method, path, options.retries().deadline());
    }

    /** A call that moves a file: its deadline is never shorter than one transfer may take. */
    private Exchange transfer(String method, String path) {
        Duration deadline = options.retries().deadline();
        Duration transfer = options.transferTimeout();
        return new Exchange(http, options, method, path, deadline.compareTo(transfer) < 0 ? transfer : deadline);
    }

    private HttpResponse<String> get(String pattern, String path) throws InterruptedException {
        Exchange exchange = exchange("GET", pattern);
        return exchange.call(() -> send(exchange, request(path), OK));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(api + path)).header("Accept", "application/json");
    }

    private HttpRequest.Builder json(String path, String content) {
        return request(path).header("Content-Type", "application/json").POST(BodyPublishers.ofString(content));
    }

    private HttpResponse<String> send(Exchange exchange, HttpRequest.Builder request, int expected)
            throws IOException, InterruptedException {
        return checked(exchange.send(request, BodyHandlers.ofString(), options.requestTimeout()), expected);
    }

    private static HttpResponse<String> checked(HttpResponse<String> answer, int... expected) {
        if (Arrays.stream(expected).anyMatch(status -> status == answer.statusCode())) {
            return answer;
        }
        throw new ProblemException(describe(answer), problem(answer), retryAfter(answer));
    }

    /** The problem details of an answer; only its status when it has none, as those of a load balancer have none. */
    private static Problem problem(HttpResponse<String> answer) {
        try {
            JsonNode body = JSON.readTree(answer.body());
            if (body instanceof ObjectNode details) {
                details.put("status", answer.statusCode());
                return JSON.treeToValue(details, Problem.class);
            }
        } catch (JsonProcessingException e) {
            // Not JSON, so not problem details.
        }
        return new Problem(Problem.BLANK, null, answer.statusCode(), null, List.of(), null);
    }

    private static @Nullable Duration retryAfter(HttpResponse<?> answer) {
        // The API sends seconds; a proxy in front of it may send a date, which the policy's own pause replaces.
        return answer.headers()
                .firstValue("Retry-After")
                .filter(value -> value.matches("[0-9]{1,9}"))
                .map(value -> Duration.ofSeconds(Long.parseLong(value)))
                .orElse(null);
    }

    private static <T> T read(HttpResponse<String> answer, Class<T> type) {
        try {
            T value = JSON.readValue(answer.body(), type);
            if (value == null) {
                throw unreadable(answer, null);
            }
            return value;
        } catch (JsonProcessingException e) {
            throw unreadable(answer, e);
        }
    }

    private static NoAnswerException unreadable(HttpResponse<?> answer, @Nullable Exception cause) {
        String text = describe(answer) + " was answered with " + answer.statusCode()
                + " and something that is not an answer of this API. Check the address.";
        return cause == null ? new NoAnswerException(text) : new NoAnswerException(text, cause);
    }

    private static String describe(HttpResponse<?> answer) {
        return answer.request().method() + " " + answer.uri();
    }

    private static ObjectNode body(JobRequest request) {
        if (!(JSON.valueToTree(request.fields()) instanceof ObjectNode body)) {
            throw new IllegalArgumentException("The fields of a job are a map, a record or another object, not "
                    + request.fields().getClass().getSimpleName() + ".");
        }
        request.envelope().forEach((name, value) -> {
            if (body.has(name)) {
                throw new IllegalArgumentException("The field " + name + " of the job is given twice.");
            }
            body.set(name, JSON.valueToTree(value));
        });
        return body;
    }

    private static String text(JsonNode body) {
        try {
            return JSON.writeValueAsString(body);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A tree of JSON can always be written.", e);
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** Ends the connections; calls under way fail. */
    @Override
    public void close() {
        http.shutdownNow();
        http.close();
    }
}
