package io.renderfleet.bridge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.renderfleet.completion.CompletionEvent;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobStatus;
import io.renderfleet.job.JobTypeName;
import io.renderfleet.job.UserId;
import io.renderfleet.localaws.LocalAws;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The settings of a bridge in a test, and what it reads and writes. */
final class TestBridge {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Instant FIRST = Instant.parse("2026-11-27T20:00:00Z");

    private TestBridge() {}

    /**
     * The arguments of a bridge.
     *
     * @param name of its group and of the topic with detections, and the beginning of the names of its other topics
     * @param more further settings, such as {@code spring.kafka.client-id=first}
     */
    static String[] arguments(LocalAws aws, StubApi api, String name, String servers, String... more) {
        Map<String, String> settings = new HashMap<>(aws.serviceProperties());
        settings.putAll(Map.of(
                "server.port",
                "0",
                "renderfleet.kafka.bootstrap-servers",
                servers,
                "renderfleet.kafka.api",
                api.address().toString(),
                "renderfleet.kafka.group",
                name,
                "renderfleet.kafka.long-poll",
                "1s",
                "renderfleet.kafka.topics.detections",
                name,
                "renderfleet.kafka.topics.dead-letters",
                name + ".dlt",
                "renderfleet.kafka.topics.results",
                name + ".results",
                // A killed bridge loses its partitions soon.
                "spring.kafka.consumer.properties.session.timeout.ms",
                "6000",
                "spring.kafka.consumer.heartbeat-interval",
                "500ms"));
        for (String each : more) {
            settings.put(each.substring(0, each.indexOf('=')), each.substring(each.indexOf('=') + 1));
        }
        return settings.entrySet().stream()
                .map(setting -> "--" + setting.getKey() + "=" + setting.getValue())
                .toArray(String[]::new);
    }

    /** The event of a second, which differs from the events of all other seconds. */
    static String event(int number) {
        return """
                {"userId": "user-1", "cameraId": "camera-%d", "timestamp": "%s",
                 "trafficGroups": [{"groupId": "a"}, {"groupId": "b"}]}""".formatted(number % 20, FIRST.plusSeconds(number));
    }

    static String completion(String jobId, String camera, @Nullable JsonNode result) {
        Instant now = Instant.now();
        return new CompletionEvent(
                        1,
                        jobId + "-1",
                        Set.of("kafka"),
                        JobId.of(jobId),
                        new UserId("user-1"),
                        new JobTypeName("inference"),
                        JobStatus.COMPLETED,
                        now,
                        now,
                        1,
                        Map.of("cameraId", camera),
                        result,
                        null)
                .toJson();
    }

    static JsonNode json(byte[] value) {
        try {
            return JSON.readTree(value);
        } catch (IOException e) {
            throw new IllegalArgumentException(new String(value, StandardCharsets.UTF_8), e);
        }
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
