package io.renderfleet.standalone;

import io.renderfleet.fakellm.DomainLimits;
import io.renderfleet.fakellm.FakeLlm;
import io.renderfleet.fakellm.FakeLlmSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A model server for inference jobs on one machine, in place of a provider, with ten API keys. Each key has an account of
 * its own, which allows 1,200 calls a minute and 20 at the same time. The keys are in files, as they are in production.
 */
public final class FakeModels implements AutoCloseable {
    /** The name of the model in requests. */
    public static final String MODEL = "assessment";

    /** The number of keys. */
    public static final int KEYS = 10;

    private static final int PORT = 9400;
    private static final int CONCURRENCY = 20;
    private static final long CALLS_PER_MINUTE = 1200;
    private static final String POOL = "renderfleet.inference.pools.fake.";

    private final FakeLlm server;
    private final Path directory;
    private final Map<String, String> settings;

    private FakeModels(FakeLlm server, Path directory, Map<String, String> settings) {
        this.server = server;
        this.directory = directory;
        this.settings = settings;
    }

    /**
     * Starts the server.
     *
     * @param ports whether it listens on its documented port, 9400
     * @throws io.renderfleet.fakellm.FakeLlmException if it cannot listen on that port
     */
    public static FakeModels start(FleetPorts ports) {
        Map<String, DomainLimits> domains = new LinkedHashMap<>();
        Map<String, String> keys = new LinkedHashMap<>();
        for (int i = 1; i <= KEYS; i++) {
            domains.put(
                    account(i), DomainLimits.NONE.withConcurrency(CONCURRENCY).withRpm((int) CALLS_PER_MINUTE));
            keys.put(secret(i), account(i));
        }
        FakeLlm server = FakeLlm.start(FakeLlmSettings.defaults()
                .withPort(ports.documented() ? PORT : 0)
                .withKeys(domains, keys));
        try {
            Path directory = Files.createTempDirectory("renderfleet-keys-");
            return new FakeModels(server, directory, settings(server, directory));
        } catch (IOException e) {
            server.close();
            throw new UncheckedIOException("The files with the keys of the model server cannot be written.", e);
        }
    }

    private static Map<String, String> settings(FakeLlm server, Path directory) throws IOException {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put(POOL + "base-url", server.url() + "/v1");
        settings.put(POOL + "models." + MODEL, "fake-vl");
        settings.putAll(template());
        settings.put("renderfleet.alerts.rules.high-risk.when", "result.tasks.exists(t, t.output.riskLevel == 'high')");
        settings.put("renderfleet.alerts.rules.high-risk.message", "A group of the event is a high risk.");
        for (int i = 1; i <= KEYS; i++) {
            Path file = directory.resolve("key-" + i);
            Files.writeString(file, secret(i));
            String key = POOL + "keys[" + (i - 1) + "].";
            settings.put(key + "id", "fake-" + i);
            settings.put(key + "domain", account(i));
            settings.put(key + "secret", "file:" + file);
            String domain = POOL + "domains." + account(i) + ".";
            settings.put(domain + "concurrency", Integer.toString(CONCURRENCY));
            settings.put(domain + "rpm", Long.toString(CALLS_PER_MINUTE));
        }
        return settings;
    }

    /** A template with which the events of cameras become questions about the risk of each group. */
    private static Map<String, String> template() {
        String template = "renderfleet.inference.templates.risk.";
        return Map.of(
                template + "model",
                MODEL,
                template + "prompt",
                "Camera {event.cameraId} saw this group at {event.timestamp}: {group}. How risky is it?",
                template + "schema",
                """
                {"type": "object", "required": ["riskLevel", "reason"], "additionalProperties": false,
                 "properties": {"riskLevel": {"enum": ["low", "medium", "high"]},
                                "reason": {"type": "string", "maxLength": 200}}}""",
                template + "temperature",
                "0",
                template + "user",
                "cameras");
    }

    private static String account(int number) {
        return "account-" + number;
    }

    /** The secret of a key, from 1 to {@link #KEYS}. */
    public static String secret(int number) {
        return "sk-fake-%06d".formatted(number);
    }

    /** The settings with which all services use this server. */
    public Map<String, String> settings() {
        return settings;
    }

    /** The server, to change its behaviour and to read its statistics. */
    public FakeLlm server() {
        return server;
    }

    @Override
    public void close() {
        server.close();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("The files with the keys of the model server cannot be deleted.", e);
        }
    }
}
