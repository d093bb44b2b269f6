package io.renderfleet.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The operations under {@code /admin}. Each returns the JSON of the response, which the OpenAPI document of the service
 * describes, and throws a {@link ClientException} as the calls of {@link RenderfleetClient} do. All of them can be
 * repeated, so they are retried. Thread-safe.
 */
public final class OperatorOperations {
    private static final int OK = 200;
    private static final int ACCEPTED = 202;
    private static final String DEAD_LETTERS = "/admin/dead-letters";
    private static final String REDRIVE = DEAD_LETTERS + "/redrive";
    private static final String KEYS = "/admin/keys";

    private final Connection connection;

    OperatorOperations(Connection connection) {
        this.connection = connection;
    }

    /** Reads the regions, with the depth of their queues. */
    public JsonNode regions() throws InterruptedException {
        return get("/admin/regions", Map.of());
    }

    /** Sends the waiting jobs of a region elsewhere, and gives it no new ones. */
    public JsonNode drain(String region) throws InterruptedException {
        return post("/admin/regions/{id}/drain", "/admin/regions/" + Connection.encoded(region) + "/drain", OK);
    }

    /** Gives jobs to a drained region again. */
    public JsonNode undrain(String region) throws InterruptedException {
        return post("/admin/regions/{id}/undrain", "/admin/regions/" + Connection.encoded(region) + "/undrain", OK);
    }

    /** Reads the queues with their depth. */
    public JsonNode queues() throws InterruptedException {
        return get("/admin/queues", Map.of());
    }

    /**
     * Lists the open jobs of all users, oldest first, or with {@code status} those that are over.
     *
     * @param filters such as {@code status}, {@code olderThan} or {@code label}, of which only that can occur more than
     *     once; {@code cursor} is the value of {@code next} of the previous page
     */
    public JobPage jobs(List<Map.Entry<String, String>> filters) throws InterruptedException {
        return Responses.read(connection.get("/admin/jobs", Connection.path("/admin/jobs", filters)), JobPage.class);
    }

    /**
     * Lists dead letters, oldest first.
     *
     * @param filters such as {@code cause} or {@code limit}; empty for the first letters of each queue
     */
    public JsonNode deadLetters(Map<String, String> filters) throws InterruptedException {
        return get(DEAD_LETTERS, filters);
    }

    /**
     * Sends the jobs of dead letters again.
     *
     * @param filters at least one besides {@code limit}; the service refuses the call without one
     */
    public JsonNode redrive(Map<String, String> filters) throws InterruptedException {
        String body = Json.text(Json.redrive(filters));
        return connection.json("POST", REDRIVE, () -> connection.json(REDRIVE, body), OK);
    }

    /**
     * Deletes dead letters.
     *
     * @param filters at least one besides {@code limit}; the service refuses the call without one
     */
    public JsonNode deleteDeadLetters(Map<String, String> filters) throws InterruptedException {
        String path = Connection.path(DEAD_LETTERS, filters);
        return connection.json(
                "DELETE", DEAD_LETTERS, () -> connection.request(path).DELETE(), OK);
    }

    /**
     * Reads the pools of API keys, without the secrets.
     *
     * @param pool the only pool to read; null for all
     */
    public JsonNode keys(@Nullable String pool) throws InterruptedException {
        return get(KEYS, pool == null ? Map.of() : Map.of("pool", pool));
    }

    /** What an operator can do with an API key. */
    public enum KeyAction {
        ENABLE,
        DISABLE,
        DRAIN,
        ROTATE,
        VERIFY;

        private String path() {
            return "/" + name().toLowerCase(Locale.ROOT);
        }
    }

    /** Acts on an API key. The workers follow within seconds. */
    public JsonNode key(KeyAction action, String pool, String key) throws InterruptedException {
        return post(
                KEYS + "/{pool}/{id}" + action.path(),
                KEYS + "/" + Connection.encoded(pool) + "/" + Connection.encoded(key) + action.path(),
                ACCEPTED);
    }

    /** Lets a worker make one cheap call with each key of a pool. {@link #keys} shows the outcomes. */
    public JsonNode verifyKeys(String pool) throws InterruptedException {
        return post(KEYS + "/{pool}/verify", KEYS + "/" + Connection.encoded(pool) + "/verify", ACCEPTED);
    }

    private JsonNode get(String path, Map<String, String> parameters) throws InterruptedException {
        return connection.json("GET", path, () -> connection.request(Connection.path(path, parameters)), OK);
    }

    private JsonNode post(String pattern, String path, int expected) throws InterruptedException {
        return connection.json("POST", pattern, () -> connection.request(path).POST(BodyPublishers.noBody()), expected);
    }
}
