package io.renderfleet.jobtype.inference;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.renderfleet.job.JobPayload;
import io.renderfleet.jobtype.inference.InferencePayload.Task;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StoredPayloadTests {
    private static final JsonNode SCHEMA = json("{\"description\": \"" + "long ".repeat(400) + "\"}");
    private static final String SYSTEM = "{\"role\": \"system\", \"content\": \"You assess traffic.\"}";

    private static JsonNode json(String text) {
        try {
            return JsonMapper.builder().build().readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static JsonNode messages(int task) {
        return json("[" + SYSTEM + ", {\"role\": \"user\", \"content\": \"Question " + task + "\"}]");
    }

    private static InferencePayload payload(List<Task> tasks) {
        return new InferencePayload(
                "assessment", tasks, Instant.parse("2026-11-27T20:00:00Z"), Map.of("cameraId", "camera-1"));
    }

    @Test
    void whatAllTasksHaveIsWrittenOnce() {
        InferencePayload payload = payload(IntStream.range(0, 64)
                .mapToObj(task -> new Task("task-" + task, messages(task), SCHEMA, 300, 0.0))
                .toList());

        JobPayload stored = InferencePayload.FORMAT.write(payload);

        assertThat(stored.json()).containsOnlyOnce("You assess traffic.").containsOnlyOnce("\"maxTokens\":300");
        assertThat(stored.bytes()).isLessThan(10_000);
        assertThat(InferencePayload.FORMAT.read(stored)).isEqualTo(payload);
    }

    @Test
    void whatDiffersStaysWithItsTask() {
        InferencePayload payload = payload(List.of(
                new Task("a", messages(1), SCHEMA, 300, null),
                new Task("b", json("[{\"role\": \"user\", \"content\": \"Only this\"}]"), null, 300, 1.0)));

        assertThat(InferencePayload.FORMAT.read(InferencePayload.FORMAT.write(payload)))
                .isEqualTo(payload);
    }

    @Test
    void tasksThatAskTheSameKeepTheirMessages() {
        InferencePayload payload = payload(
                List.of(new Task("a", messages(1), null, null, null), new Task("b", messages(1), null, null, null)));

        assertThat(InferencePayload.FORMAT.read(InferencePayload.FORMAT.write(payload)))
                .isEqualTo(payload);
    }

    @Test
    void aSingleTaskIsWrittenAsItIs() {
        JobPayload stored =
                InferencePayload.FORMAT.write(payload(List.of(new Task("a", messages(1), SCHEMA, null, null))));

        assertThat(stored.json()).doesNotContain("shared");
    }
}
