package io.renderfleet.jobtype.inference.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import io.renderfleet.jobtype.JobAttempt;
import io.renderfleet.jobtype.inference.InferenceAnswer.Status;
import io.renderfleet.jobtype.inference.InferenceAnswer.TaskAnswer;
import io.renderfleet.jobtype.inference.InferenceAnswer.Usage;
import io.renderfleet.jobtype.inference.InferencePayload.Task;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnswersTests {
    private final List<Task> tasks = List.of(task("first"), task("second"));

    private static Task task(String id) {
        return new Task(id, JsonNodeFactory.instance.arrayNode(), null, null, null);
    }

    private static TaskAnswer answered(String id, Usage usage) {
        return new TaskAnswer(id, Status.ANSWERED, TextNode.valueOf("low"), usage, "fake", 10L, null, null);
    }

    @Test
    void tokensOfATaskThatIsAskedAgainLaterAreCountedInTheJob(@TempDir Path directory) throws IOException {
        Answers attempt = Answers.of(tasks, null);
        attempt.add(answered("first", new Usage(10, 1)));
        attempt.spend("second", new Usage(200, 30));
        attempt.spend("second", null);
        assertThat(attempt.isWorthKeeping()).isTrue();

        Answers next = Answers.of(tasks, attempt.kept(JobAttempt.MAX_KEPT_BYTES));
        assertThat(next.open()).extracting(Task::taskId).containsExactly("second");
        next.spend("second", new Usage(1, 1));
        Answers last = Answers.of(tasks, next.kept(JobAttempt.MAX_KEPT_BYTES));
        last.add(answered("second", new Usage(50, 5)));

        JsonNode result = JsonMapper.builder()
                .build()
                .readTree(last.write(directory).file().toFile());
        assertThat(result.path("usage").path("promptTokens").asLong()).isEqualTo(261);
        assertThat(result.path("usage").path("completionTokens").asLong()).isEqualTo(37);
        assertThat(result.path("partial").asBoolean(true)).isFalse();
    }
}
