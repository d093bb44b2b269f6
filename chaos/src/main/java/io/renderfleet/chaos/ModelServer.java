package io.renderfleet.chaos;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.renderfleet.fakellm.DomainLimits;
import io.renderfleet.fakellm.FakeLlm;
import io.renderfleet.fakellm.FakeLlmSettings;
import io.renderfleet.fakellm.Latency;
import io.renderfleet.fakellm.Statistics.DomainStatistics;
import io.renderfleet.job.UserId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The model server of a run, with two keys of one account. It runs in this process, which is never killed, so it knows
 * which calls were made at the same time and what each answer must be. Thread-safe.
 */
final class ModelServer implements AutoCloseable {
    /** The most calls at the same time that the account allows. */
    static final int LIMIT = 20;

    /** The longest call of a worker. */
    static final Duration TIMEOUT = Duration.ofSeconds(10);

    static final String MODEL = "assessment";
    static final String TEMPLATE = "chaos";

    /** The user of the jobs of events. */
    static final UserId CAMERAS = new UserId("chaos-cameras");

    /** The sink of completion events that this test reads. */
    static final String SINK = "chaos";

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String INFERENCE = "renderfleet.inference.";
    private static final String ACCOUNT = "account";
    private static final String NAME = "fake-vl";
    private static final int KEYS = 2;
    private static final Latency LATENCY = new Latency(Duration.ofMillis(500), Duration.ofMillis(1200));

    /** The time in which the server is told that the connections of a killed worker are closed. */
    private static final Duration CLOSING = Duration.ofMillis(200);

    private final FakeLlm server;
    private int kills;
    private final Map<String, String> settings = new LinkedHashMap<>();

    private ModelServer(FakeLlm server) {
        this.server = server;
    }

    /** @param directory for the files with the keys */
    static ModelServer start(Path directory) throws IOException {
        Map<String, String> keys = new LinkedHashMap<>();
        for (int i = 0; i < KEYS; i++) {
            keys.put("sk-chaos-%06d".formatted(i), ACCOUNT);
        }
        ModelServer models = new ModelServer(FakeLlm.start(FakeLlmSettings.defaults()
                .withLatency(LATENCY)
                .withKeys(Map.of(ACCOUNT, DomainLimits.NONE.withConcurrency(LIMIT)), keys)));
        models.setPool(directory, List.copyOf(keys.keySet()));
        models.setTemplate();
        return models;
    }

    private void setPool(Path directory, List<String> secrets) throws IOException {
        String pool = INFERENCE + "pools.fake.";
        settings.put(pool + "base-url", server.url() + "/v1");
        settings.put(pool + "timeout", TIMEOUT.toSeconds() + "s");
        settings.put(pool + "models." + MODEL, NAME);
        settings.put(pool + "domains." + ACCOUNT + ".concurrency", Integer.toString(LIMIT));
        for (int i = 0; i < secrets.size(); i++) {
            Path file = directory.resolve("key-" + i).toAbsolutePath();
            Files.writeString(file, secrets.get(i));
            String key = pool + "keys[" + i + "].";
            settings.put(key + "id", "key-" + i);
            settings.put(key + "domain", ACCOUNT);
            settings.put(key + "secret", "file:" + file);
        }
        settings.put(INFERENCE + "sinks", "live,alerts," + SINK);
    }

    private void setTemplate() {
        String template = INFERENCE + "templates." + TEMPLATE + ".";
        settings.put(template + "model", MODEL);
        settings.put(template + "prompt", "{group.question}");
        // A job is to complete with all answers, however long the faults last.
        settings.put(template + "answer-within", "24h");
        settings.put(template + "max-age", "24h");
        settings.put(template + "user", CAMERAS.value());
    }

    /** The settings with which all services use this server. */
    Map<String, String> settings() {
        return settings;
    }

    /** The messages with which a model is asked. */
    static List<Map<String, String>> messages(String question) {
        return List.of(Map.of("role", "user", "content", question));
    }

    /** The only correct answer. */
    String answer(String question) {
        try {
            return server.answer(JSON.writeValueAsString(Map.of("model", NAME, "messages", messages(question))));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Strings can be written as JSON.", e);
        }
    }

    /**
     * Kills a worker. The server goes on with the calls that the worker was waiting for, like a provider that does not
     * notice that its client is gone, so that it sees too many calls if other workers use the permits too early. Calls that a
     * worker gives up, such as those of a cancelled job, end at once.
     */
    void kill(ManagedProcess worker) throws InterruptedException {
        changeKills(1);
        try {
            worker.kill();
            TimeUnit.NANOSECONDS.sleep(CLOSING.toNanos());
        } finally {
            changeKills(-1);
        }
    }

    private synchronized void changeKills(int change) {
        kills += change;
        server.setNoticesClosed(kills == 0);
    }

    /** What the server saw of its account. */
    DomainStatistics statistics() {
        return server.statistics().domain(ACCOUNT);
    }

    @Override
    public void close() {
        server.close();
    }
}
