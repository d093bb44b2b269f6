package io.renderfleet.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The operations under {@code /batches}. They return the JSON of the batch, which the OpenAPI document of the service
 * describes, and throw a {@link ClientException} as the calls of {@link RenderfleetClient} do. Thread-safe.
 */
public final class BatchOperations {
    private static final int OK = 200;
    private static final int ACCEPTED = 202;
    private static final String PATH = "/batches";
    private static final String USER = "userId";

    private final Connection connection;
    private final FileTransfer files;

    BatchOperations(Connection connection, FileTransfer files) {
        this.connection = connection;
        this.files = files;
    }

    /**
     * Submits a file of questions. Retries of this call do not submit it twice.
     *
     * @param lines a file with one JSON object on each line, as {@code POST /batches} describes it
     * @param userId the user of the batch; null for the caller of an authenticated service
     * @param priority the priority of the jobs; null for the default of the service
     * @param idempotencyKey identifies the batch among those of its user; null for a random one
     * @throws java.io.UncheckedIOException when the file cannot be read
     */
    public JsonNode submit(
            Path lines, @Nullable String userId, @Nullable String priority, @Nullable String idempotencyKey)
            throws InterruptedException {
        Map<String, String> parameters = user(userId);
        if (priority != null) {
            parameters.put("priority", priority);
        }
        String path = Connection.path(PATH, parameters);
        String key = idempotencyKey == null ? UUID.randomUUID().toString() : idempotencyKey;
        Exchange exchange = connection.transfer("POST", PATH);
        return exchange.call(() -> Responses.read(
                Responses.checked(
                        exchange.send(
                                connection
                                        .request(path)
                                        .header("Content-Type", "application/jsonl")
                                        .header("Idempotency-Key", key)
                                        .POST(FileTransfer.content(lines)),
                                BodyHandlers.ofString(),
                                connection.options().transferTimeout()),
                        ACCEPTED),
                JsonNode.class));
    }

    /** Reads a batch, with the numbers of its tasks. The userId is null for the caller of an authenticated service. */
    public JsonNode batch(String batchId, @Nullable String userId) throws InterruptedException {
        String path = path(batchId, "", userId);
        return connection.json("GET", PATH + "/{id}", () -> connection.request(path), OK);
    }

    /** Submits no more jobs of a batch, and cancels those that are not over. */
    public JsonNode cancel(String batchId, @Nullable String userId) throws InterruptedException {
        String path = path(batchId, "/cancel", userId);
        return connection.json(
                "POST", PATH + "/{id}/cancel", () -> connection.request(path).POST(BodyPublishers.noBody()), ACCEPTED);
    }

    /** Downloads the answers of a batch that is over. The file appears only when it is complete. */
    public void downloadOutput(String batchId, @Nullable String userId, Path file) throws InterruptedException {
        files.download(PATH + "/{id}/output", path(batchId, "/output", userId), file);
    }

    /** Downloads the errors of a batch that is over. The file appears only when it is complete. */
    public void downloadErrors(String batchId, @Nullable String userId, Path file) throws InterruptedException {
        files.download(PATH + "/{id}/errors", path(batchId, "/errors", userId), file);
    }

    private static String path(String batchId, String operation, @Nullable String userId) {
        return Connection.path(PATH + "/" + Connection.encoded(batchId) + operation, user(userId));
    }

    private static Map<String, String> user(@Nullable String userId) {
        Map<String, String> parameters = new LinkedHashMap<>();
        if (userId != null) {
            parameters.put(USER, userId);
        }
        return parameters;
    }
}
