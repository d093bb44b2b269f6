package io.renderfleet.jobtype.inference.cache;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.renderfleet.job.UserId;
import io.renderfleet.jobtype.inference.InferenceAnswer.Status;
import io.renderfleet.jobtype.inference.InferenceAnswer.TaskAnswer;
import io.renderfleet.jobtype.inference.InferenceAnswer.Usage;
import io.renderfleet.jobtype.inference.InferencePayload.Task;
import io.renderfleet.jobtype.inference.settings.InferenceSettings.CacheSettings;
import io.renderfleet.telemetry.FleetMetric;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import org.apache.commons.codec.digest.DigestUtils;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the answers to requests with temperature 0 for some minutes, so that the same question of the same user is not paid
 * for again. Only answers that satisfy the schema of their task are kept. Users do not see whether others asked the same.
 *
 * <p>Thread-safe. No method fails because of the cache.
 */
public final class AnswerCache implements AutoCloseable {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    /** A longer answer is not kept. */
    private static final int LONGEST = 256 * 1024;

    private final boolean keeps;
    private final AnswerStore store;
    private final Counter hits;
    private final Counter misses;

    private AnswerCache(boolean keeps, AnswerStore store, MeterRegistry registry) {
        this.keeps = keeps;
        this.store = store;
        this.hits = counter(registry, "hit");
        this.misses = counter(registry, "miss");
    }

    /**
     * Creates a cache; nothing is kept if the settings say so.
     *
     * @param env the deployment, whose workers share the answers in Redis
     */
    public static AnswerCache of(CacheSettings settings, String env, MeterRegistry registry) {
        URI redis = settings.redis();
        return new AnswerCache(
                !settings.keep().isZero(),
                redis == null
                        ? new LocalAnswers(settings.keep(), settings.size())
                        : new RedisAnswers(redis, "renderfleet:" + env + ":answer:", settings.keep()),
                registry);
    }

    private static Counter counter(MeterRegistry registry, String result) {
        return Counter.builder(FleetMetric.INFERENCE_CACHE.metricName())
                .description(FleetMetric.INFERENCE_CACHE.description())
                .tag("result", result)
                .register(registry);
    }

    /** What an answer depends on. */
    private record Question(
            String owner,
            String model,
            String providerModel,
            JsonNode messages,
            @Nullable JsonNode schema,
            @Nullable Integer maxTokens) {}

    /** What is kept of an answer. */
    private record Known(JsonNode output, @Nullable String model) {}

    /**
     * Identifies a question; empty if its answers are not kept, because they differ from time to time.
     *
     * @param model the name of the model in requests
     * @param providerModel the provider's name of the model
     * @param task with its images as data
     */
    public Optional<String> key(UserId owner, String model, String providerModel, Task task) {
        if (!keeps || task.temperature() == null || task.temperature() != 0) {
            return Optional.empty();
        }
        // Streamed, because images can have many megabytes.
        MessageDigest sha256 = DigestUtils.getSha256Digest();
        try (var digest = new DigestOutputStream(OutputStream.nullOutputStream(), sha256)) {
            MAPPER.writeValue(
                    digest,
                    new Question(
                            owner.value(),
                            model,
                            providerModel,
                            task.messages(),
                            task.responseSchema(),
                            task.maxTokens()));
        } catch (IOException e) {
            throw new UncheckedIOException("A question is JSON, and is written to nowhere", e);
        }
        return Optional.of(HexFormat.of().formatHex(sha256.digest()));
    }

    /**
     * The kept answer, which used no tokens; empty if there is none.
     *
     * @param key from {@link #key}
     * @param taskId the task that gets the answer
     */
    public Optional<TaskAnswer> find(String key, String taskId) {
        String text = store.get(key);
        Known known = text == null ? null : read(text);
        (known == null ? misses : hits).increment();
        return known == null
                ? Optional.empty()
                : Optional.of(new TaskAnswer(
                        taskId, Status.ANSWERED, known.output(), Usage.NONE, known.model(), null, true, null));
    }

    /** Null for a text that is not an answer, such as one of another version. */
    private static @Nullable Known read(String text) {
        try {
            Known known = MAPPER.readValue(text, Known.class);
            return known == null || known.output() == null ? null : known;
        } catch (JsonProcessingException e) {
            return null;
        }
    }

    /** Keeps the answer of a task; does nothing for a task without one. */
    public void put(String key, TaskAnswer answer) {
        if (answer.status() != Status.ANSWERED || answer.output() == null) {
            return;
        }
        try {
            String text = MAPPER.writeValueAsString(new Known(answer.output(), answer.model()));
            if (text.length() <= LONGEST) {
                store.put(key, text);
            }
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("An answer is JSON", e);
        }
    }

    @Override
    public void close() {
        store.close();
    }
}
