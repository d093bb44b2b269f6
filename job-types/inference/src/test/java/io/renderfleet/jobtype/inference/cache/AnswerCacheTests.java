package io.renderfleet.jobtype.inference.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.renderfleet.job.UserId;
import io.renderfleet.jobtype.inference.InferenceAnswer.Status;
import io.renderfleet.jobtype.inference.InferenceAnswer.TaskAnswer;
import io.renderfleet.jobtype.inference.InferenceAnswer.TaskError;
import io.renderfleet.jobtype.inference.InferenceAnswer.Usage;
import io.renderfleet.jobtype.inference.InferencePayload.Task;
import io.renderfleet.jobtype.inference.settings.InferenceSettings.CacheSettings;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.util.unit.DataSize;
import redis.clients.jedis.JedisPooled;
import redis.embedded.RedisServer;

@Timeout(60)
class AnswerCacheTests {
    private static final UserId OWNER = new UserId("owner");
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    private AnswerCache cache(@Nullable URI redis) {
        return AnswerCache.of(
                new CacheSettings(Duration.ofMinutes(5), DataSize.ofMegabytes(1), redis), "test", registry);
    }

    private static Task task(String question, @Nullable Double temperature) {
        return new Task("task-1", messages(question), null, null, temperature);
    }

    private static JsonNode messages(String question) {
        var messages = JsonNodeFactory.instance.arrayNode();
        messages.addObject().put("role", "user").put("content", question);
        return messages;
    }

    private static String key(AnswerCache cache) {
        return cache.key(OWNER, "assessment", "qwen", task("why?", 0.0)).orElseThrow();
    }

    private static TaskAnswer answer(String text) {
        return new TaskAnswer(
                "task-1", Status.ANSWERED, TextNode.valueOf(text), new Usage(100, 20), "qwen-1", 400L, null, null);
    }

    private static URI free() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return URI.create("redis://127.0.0.1:" + socket.getLocalPort());
        }
    }

    @Test
    void aKeptAnswerUsesNoTokensAndSaysSo() {
        try (AnswerCache cache = cache(null)) {
            String key = key(cache);
            assertThat(cache.find(key, "other")).isEmpty();
            cache.put(key, answer("because"));
            assertThat(cache.find(key, "other"))
                    .contains(new TaskAnswer(
                            "other",
                            Status.ANSWERED,
                            TextNode.valueOf("because"),
                            Usage.NONE,
                            "qwen-1",
                            null,
                            true,
                            null));
        }
        assertThat(registry.counter("renderfleet.inference.cache", "result", "hit")
                        .count())
                .isEqualTo(1);
        assertThat(registry.counter("renderfleet.inference.cache", "result", "miss")
                        .count())
                .isEqualTo(1);
    }

    @Test
    void onlyTheSameQuestionOfTheSameUserHasTheSameKey() {
        try (AnswerCache cache = cache(null)) {
            Task task = task("why?", 0.0);
            Task schema = new Task("t", messages("why?"), JsonNodeFactory.instance.objectNode(), null, 0.0);
            Task tokens = new Task("t", messages("why?"), null, 10, 0.0);
            List<Optional<String>> keys = Stream.of(
                            cache.key(OWNER, "assessment", "qwen", task),
                            cache.key(new UserId("other"), "assessment", "qwen", task),
                            cache.key(OWNER, "summary", "qwen", task),
                            cache.key(OWNER, "assessment", "qwen-2", task),
                            cache.key(OWNER, "assessment", "qwen", task("how?", 0.0)),
                            cache.key(OWNER, "assessment", "qwen", schema),
                            cache.key(OWNER, "assessment", "qwen", tokens))
                    .toList();
            assertThat(keys).doesNotHaveDuplicates().doesNotContain(Optional.empty());
            assertThat(cache.key(OWNER, "assessment", "qwen", new Task("t", messages("why?"), null, null, 0.0)))
                    .as("the id of the task does not matter")
                    .isEqualTo(keys.getFirst());
        }
    }

    @Test
    void answersThatDifferFromTimeToTimeAreNotKept() {
        try (AnswerCache cache = cache(null)) {
            assertThat(cache.key(OWNER, "assessment", "qwen", task("why?", null)))
                    .isEmpty();
            assertThat(cache.key(OWNER, "assessment", "qwen", task("why?", 0.5)))
                    .isEmpty();
        }
        CacheSettings off = new CacheSettings(Duration.ZERO, DataSize.ofMegabytes(1), null);
        try (AnswerCache cache = AnswerCache.of(off, "test", registry)) {
            assertThat(cache.key(OWNER, "assessment", "qwen", task("why?", 0.0)))
                    .isEmpty();
        }
    }

    @Test
    void aFailedTaskAndAVeryLongAnswerAreNotKept() {
        try (AnswerCache cache = cache(null)) {
            String key = key(cache);
            cache.put(
                    key,
                    new TaskAnswer(
                            "task-1",
                            Status.FAILED,
                            null,
                            null,
                            null,
                            null,
                            null,
                            new TaskError("schema-mismatch", "It is no JSON.")));
            assertThat(cache.find(key, "task-1")).isEmpty();
            cache.put(key, answer("x".repeat(300_000)));
            assertThat(cache.find(key, "task-1")).isEmpty();
        }
    }

    @Test
    void workersShareTheAnswersInRedis() throws IOException {
        URI address = free();
        RedisServer redis = new RedisServer(address.getPort());
        redis.start();
        try (AnswerCache first = cache(address);
                AnswerCache second = cache(address);
                JedisPooled client = new JedisPooled(address)) {
            first.put(key(first), answer("because"));
            assertThat(second.find(key(second), "task-1")).isPresent();
            String stored = client.keys("renderfleet:test:answer:*").iterator().next();
            assertThat(client.pttl(stored)).isBetween(1L, Duration.ofMinutes(5).toMillis());

            client.set(stored, "of another version");
            assertThat(second.find(key(second), "task-1")).isEmpty();
        } finally {
            redis.stop();
        }
    }

    @Test
    void withoutRedisThereIsNoAnswerAndNoError() throws IOException {
        URI address = free();
        RedisServer redis = new RedisServer(address.getPort());
        redis.start();
        try (AnswerCache cache = cache(address)) {
            String key = key(cache);
            cache.put(key, answer("because"));
            redis.stop();
            long started = System.nanoTime();
            for (int i = 0; i < 100; i++) {
                assertThat(cache.find(key, "task-1")).isEmpty();
                cache.put(key, answer("because"));
            }
            assertThat(Duration.ofNanos(System.nanoTime() - started))
                    .as("tasks do not wait for it one after another")
                    .isLessThan(Duration.ofSeconds(10));
        }
    }
}
