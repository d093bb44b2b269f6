package io.renderfleet.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A client of the HTTP API. Calls block the calling thread, which may be a virtual thread. A request that fails
 * temporarily (no connection, no response, or status 429, 500, 502, 503 or 504) is retried as {@link RetryPolicy}
 * describes, and not before the time in {@code Retry-After}. If it still fails, the call throws a {@link
 * ClientException}. Every submission carries an idempotency key or a job id, so a retry never submits a second job.
 * Thread-safe.
 */
public final class RenderfleetClient implements AutoCloseable {
    private static final int ACCEPTED = 202;
    private static final int NO_CONTENT = 204;
    private static final String JOBS = "/jobs";
    private static final String ARTIFACT = "/jobs/{id}/artifacts/{name}";
    private static final String DESIGNS = "/designs";
    private static final URI DESIGN_NOT_FOUND = URI.create("urn:renderfleet:problem:design-not-found");

    private final Connection connection;
    private final Submitter submitter;
    private final JobReader jobs;
    private final FileTransfer files;
    private final EventReader events;
    private final Duration silence;

    /** Creates a client with its own connections. Close it when it is no longer needed. */
    public RenderfleetClient(ClientOptions options) {
        this(options, EventReader.SILENCE);
    }

    /** @param silence a stream on which nothing has arrived for this time is given up */
    RenderfleetClient(ClientOptions options, Duration silence) {
        this(new Connection(options), silence);
    }

    private RenderfleetClient(Connection connection, Duration silence) {
        this.connection = connection;
        this.submitter = new Submitter(connection);
        this.jobs = new JobReader(connection, silence);
        this.files = new FileTransfer(connection);
        this.events = new EventReader(connection, silence);
        this.silence = silence;
    }

    /** Creates a client with the default options. */
    public static RenderfleetClient of(URI api) {
        return new RenderfleetClient(ClientOptions.of(api));
    }

    /**
     * A client with other options that shares the connections of this one. The connect timeout of this client stays in
     * effect. Closing either client closes the connections of both.
     */
    public RenderfleetClient with(ClientOptions other) {
        return new RenderfleetClient(connection.with(other), silence);
    }

    public ClientOptions options() {
        return connection.options();
    }

    /**
     * Submits a job. When this method returns, the job is stored and queued.
     *
     * @throws ProblemException when the API refuses the job, or is still busy after the last attempt
     * @throws NoAnswerException when it is unknown whether the job was accepted
     */
    public AcceptedJob submit(JobRequest request) throws InterruptedException {
        return submitter.submit(request);
    }

    /**
     * Submits up to 100 jobs with one request. Each job is accepted or refused on its own. Jobs that the API refuses
     * temporarily are retried as {@link RetryPolicy} describes. A job without a job id gets a random one, so that
     * retries are safe; jobs of a batch cannot have idempotency keys.
     *
     * @return one item for each request, in the order of the requests
     * @throws ProblemException when the API refuses the batch as a whole, or is still busy after the last attempt
     * @throws NoAnswerException when it is unknown whether the jobs were accepted
     */
    public List<BatchItem> submitBatch(List<JobRequest> requests) throws InterruptedException {
        return submitter.submitBatch(requests);
    }

    /**
     * Submits an event of a camera, such as a detection result. The API derives the job's id from the event, so the same
     * event can be submitted any number of times, by any process, and is one job.
     *
     * @param event the JSON of the event, as {@code POST /events} describes it
     * @return the job that was made of it; empty when there is nothing to do for it
     * @throws ProblemException when the API refuses the event, or is still busy after the last attempt
     * @throws NoAnswerException when it is unknown whether the event was accepted
     */
    public Optional<AcceptedJob> submitEvent(String event) throws InterruptedException {
        return submitter.submitEvent(event);
    }

    /**
     * Reads a job.
     *
     * @throws ProblemException when the job does not exist
     */
    public Job job(String jobId) throws InterruptedException {
        return jobs.job(jobId);
    }

    /**
     * Waits until a job is COMPLETED, FAILED or CANCELLED. Follows the stream of the job, {@code GET /jobs/{id}/events},
     * and opens it again when it ends early. While the API refuses the stream, as when too many are open, the job is read
     * at the interval that the API asks for. The last read may end up to one request timeout after the limit.
     *
     * @return the job after its end
     * @throws JobTimeoutException when the job is not over within the limit
     */
    public Job awaitEnd(String jobId, Duration limit) throws InterruptedException {
        return jobs.awaitEnd(jobId, limit, job -> {});
    }

    /**
     * Waits as {@link #awaitEnd(String, Duration)} does, and gives the job to a listener each time that it has changed
     * or was read, on the thread of the call. Between two reads, only the fields change that the events of the stream
     * have: the status, the progress, the region, the attempt and the error.
     */
    public Job awaitEnd(String jobId, Duration limit, Consumer<? super Job> listener) throws InterruptedException {
        return jobs.awaitEnd(jobId, limit, listener);
    }

    /** Reads the first page of a listing, newest jobs first. */
    public JobPage jobs(JobQuery query) throws InterruptedException {
        return page(query, null);
    }

    /** Reads the page of a listing that a cursor of the same listing points to. */
    public JobPage jobs(JobQuery query, String cursor) throws InterruptedException {
        return page(query, cursor);
    }

    private JobPage page(JobQuery query, @Nullable String cursor) throws InterruptedException {
        return Responses.read(connection.get(JOBS, Connection.path(JOBS, query.parameters(cursor))), JobPage.class);
    }

    /** Reads the newest jobs of a listing, up to a maximum number, with as many requests as needed. */
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
     * Cancels a job: a waiting job at once, a running job usually within seconds. The call can be repeated.
     * A job that is already cancelled is returned unchanged.
     *
     * @return the job after the request
     * @throws ProblemException when the job does not exist or its status does not allow this
     */
    public Job cancel(String jobId) throws InterruptedException {
        return post(jobId, "cancel");
    }

    /**
     * Runs a FAILED or CANCELLED job again. The job keeps its id and its history.
     *
     * @return the job after the request
     * @throws ProblemException when the job does not exist or its status does not allow this
     */
    public Job retry(String jobId) throws InterruptedException {
        return post(jobId, "retry");
    }

    private Job post(String jobId, String action) throws InterruptedException {
        Exchange exchange = connection.exchange("POST", "/jobs/{id}/" + action);
        return exchange.call(() -> Responses.read(
                connection.send(
                        exchange,
                        connection
                                .request(JOBS + "/" + Connection.encoded(jobId) + "/" + action)
                                .POST(BodyPublishers.noBody()),
                        ACCEPTED),
                Job.class));
    }

    /**
     * Downloads the result of a COMPLETED job. The file appears only when it is complete, and replaces an existing one.
     *
     * @throws ProblemException when there is no result
     * @throws UncheckedIOException when the file cannot be written
     */
    public void download(String jobId, Path file) throws InterruptedException {
        files.download("/jobs/{id}/result", JOBS + "/" + Connection.encoded(jobId) + "/result", file);
    }

    /**
     * Downloads the result of a COMPLETED job to a directory. The file has the name that the API gives it, without
     * anything that leads out of the directory, or else the job's id.
     *
     * @param replace whether an existing file is replaced
     * @return the file
     * @throws ProblemException when there is no result
     * @throws UncheckedIOException when the file cannot be written, or exists and must not be replaced
     */
    public Path downloadTo(String jobId, Path directory, boolean replace) throws InterruptedException {
        return files.download(
                "/jobs/{id}/result", JOBS + "/" + Connection.encoded(jobId) + "/result", directory, jobId, replace);
    }

    /**
     * Downloads an artifact of a job, as {@link #download} does with the result. The names of the artifacts are in
     * {@link #job}.
     *
     * @param name the name of the artifact, such as {@code log.txt}
     * @throws ProblemException when the job has no such artifact
     * @throws UncheckedIOException when the file cannot be written
     */
    public void downloadArtifact(String jobId, String name, Path file) throws InterruptedException {
        files.download(ARTIFACT, artifact(jobId, name), file);
    }

    /** Downloads an artifact to a directory, as {@link #downloadTo} does with the result. */
    public Path downloadArtifactTo(String jobId, String name, Path directory, boolean replace)
            throws InterruptedException {
        return files.download(ARTIFACT, artifact(jobId, name), directory, name, replace);
    }

    private static String artifact(String jobId, String name) {
        return JOBS + "/" + Connection.encoded(jobId) + "/artifacts/" + Connection.encoded(name);
    }

    /**
     * Uploads a design, which the API checks before storing it. A design with the same name is replaced; jobs that were
     * already submitted keep the previous file.
     *
     * @param contentType {@code model/gltf-binary} or {@code model/gltf+json}
     * @throws ProblemException when the API refuses the design
     * @throws UncheckedIOException when the file cannot be read
     */
    public StoredDesign uploadDesign(String designId, Path file, String contentType) throws InterruptedException {
        return files.uploadDesign(designId, file, contentType);
    }

    /** Reads a design; empty when no design has this id. */
    public Optional<StoredDesign> design(String designId) throws InterruptedException {
        try {
            return Optional.of(Responses.read(
                    connection.get("/designs/{id}", DESIGNS + "/" + Connection.encoded(designId)), StoredDesign.class));
        } catch (ProblemException e) {
            if (e.type().equals(DESIGN_NOT_FOUND)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /**
     * Reads a page of the stored designs, in the order of their ids.
     *
     * @param search only designs whose id contains this text, in upper or lower case; null for all
     * @param limit the maximum number of designs on the page, 1 to 100
     * @param cursor the value of {@code next} of the previous page; null for the first page
     */
    public DesignPage designs(@Nullable String search, int limit, @Nullable String cursor) throws InterruptedException {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("limit", Integer.toString(limit));
        if (search != null) {
            parameters.put("q", search);
        }
        if (cursor != null) {
            parameters.put("cursor", cursor);
        }
        return Responses.read(connection.get(DESIGNS, Connection.path(DESIGNS, parameters)), DesignPage.class);
    }

    /**
     * Deletes a design.
     *
     * @param force also if open jobs need it, which then fail
     * @throws ProblemException when no design has this id, or open jobs need it
     */
    public void deleteDesign(String designId, boolean force) throws InterruptedException {
        String path = DESIGNS + "/" + Connection.encoded(designId) + (force ? "?force=true" : "");
        Exchange exchange = connection.exchange("DELETE", "/designs/{id}");
        exchange.call(() -> connection.send(exchange, connection.request(path).DELETE(), NO_CONTENT));
    }

    /**
     * Follows the states of all open jobs of a user, and of those that the user submits later. When the stream ends, it
     * is opened again and continues after the last event; a state can come twice. Returns when the listener returns
     * false, or the time is up.
     *
     * @param userId the user of the jobs; null for the caller of an authenticated service
     * @param listener gets each event, on the thread of the call
     * @throws ProblemException when the API refuses the stream, also when it was tried again
     * @throws NoAnswerException when there is no response, also when it was tried again
     */
    public void followJobs(@Nullable String userId, Duration limit, Predicate<? super LiveEvent> listener)
            throws InterruptedException {
        Map<String, String> parameters = userId == null ? Map.of() : Map.of("userId", userId);
        events.follow("/jobs/events", Connection.path("/jobs/events", parameters), null, limit, listener);
    }

    /**
     * Follows the results of jobs of all users as they complete. Returns and throws as {@link #followJobs} does. Results
     * that completed between two connections are missing.
     *
     * @param cameras only results of these cameras; empty for all
     * @param listener gets each event, on the thread of the call
     */
    public void followResults(Set<String> cameras, Duration limit, Predicate<? super LiveEvent> listener)
            throws InterruptedException {
        Map<String, String> parameters = cameras.isEmpty() ? Map.of() : Map.of("cameraId", String.join(",", cameras));
        events.follow("/events/stream", Connection.path("/events/stream", parameters), null, limit, listener);
    }

    /** Reads the latest alerts, the newest first, up to 100, as the OpenAPI document of the service describes them. */
    public JsonNode alerts(int limit) throws InterruptedException {
        String path = Connection.path("/alerts", Map.of("limit", Integer.toString(limit)));
        return Responses.read(connection.get("/alerts", path), JsonNode.class);
    }

    /**
     * Follows the alerts as they are raised. Returns and throws as {@link #followJobs} does.
     *
     * @param lastEventId the id of the last event that the caller has, to continue after it; null to begin now
     */
    public void followAlerts(@Nullable String lastEventId, Duration limit, Predicate<? super LiveEvent> listener)
            throws InterruptedException {
        events.follow("/alerts/events", "/alerts/events", lastEventId, limit, listener);
    }

    /** The operations on batches of questions for models. */
    public BatchOperations batches() {
        return new BatchOperations(connection, files);
    }

    /** The operations that only operators may call. */
    public OperatorOperations operators() {
        return new OperatorOperations(connection);
    }

    /**
     * Reads the ids of the first page of stored designs, in their order. Can be used to check that the API responds.
     */
    public List<String> designs() throws InterruptedException {
        return Responses.read(connection.get(DESIGNS, DESIGNS), DesignPage.class).items().stream()
                .map(DesignPage.Entry::designId)
                .toList();
    }

    /** Closes the connections. Running calls fail. */
    @Override
    public void close() {
        connection.close();
    }
}
