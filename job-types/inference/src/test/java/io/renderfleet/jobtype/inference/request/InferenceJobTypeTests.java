package io.renderfleet.jobtype.inference.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.renderfleet.job.JobPayload;
import io.renderfleet.job.UserId;
import io.renderfleet.jobtype.JobType.PayloadSource;
import io.renderfleet.jobtype.inference.InferencePayload;
import io.renderfleet.jobtype.inference.image.InputStore;
import io.renderfleet.jobtype.inference.input.InputReferences;
import io.renderfleet.jobtype.inference.request.InferenceRequest.TaskRequest;
import io.renderfleet.jobtype.inference.settings.InferenceSettings;
import io.renderfleet.jobtype.inference.settings.TestSettings;
import io.renderfleet.problem.ProblemException.FieldError;
import io.renderfleet.problem.Violations;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.BindException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

class InferenceJobTypeTests {
    private static final Instant NOW = Instant.parse("2026-11-27T20:00:00Z");
    private static final JsonNode QUESTION = json("[{\"role\": \"user\", \"content\": \"Is it a risk?\"}]");

    private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);

    private final InferenceJobType type = type(TestSettings.settings("pools.main.models.summary", "qwen-plus"));

    /** None of the requests has an image that is looked up. */
    private static InferenceJobType type(InferenceSettings settings) {
        return new InferenceJobType(
                settings,
                new InputReferences(new InputStore(
                        S3Client.builder().region(Region.US_EAST_1).build(), "none", CLOCK)),
                CLOCK);
    }

    private static JsonNode json(String text) {
        try {
            return JsonMapper.builder().build().readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private InferencePayload payload(InferenceRequest request) {
        Violations violations = new Violations();
        PayloadSource source = type.prepare(request, violations);
        assertThat(violations.errors()).isEmpty();
        JobPayload payload = Objects.requireNonNull(source).payload(new UserId("user-1"));
        return InferencePayload.FORMAT.read(payload);
    }

    @Test
    void theSettingsSayWhichSinksAreTold() {
        Violations violations = new Violations();
        JobPayload payload = Objects.requireNonNull(type.prepare(messages(QUESTION), violations))
                .payload(new UserId("user-1"));
        assertThat(type.completion(payload).sinks()).containsExactlyInAnyOrder("live", "alerts");
        assertThat(type(TestSettings.settings("sinks", "live,kafka"))
                        .completion(payload)
                        .sinks())
                .containsExactlyInAnyOrder("live", "kafka");
        assertThatExceptionOfType(BindException.class)
                .isThrownBy(() -> TestSettings.settings("sinks", "No sink"))
                .withRootCauseInstanceOf(IllegalArgumentException.class);
    }

    private List<FieldError> errors(InferenceRequest request) {
        return errors(type, request);
    }

    private static List<FieldError> errors(InferenceJobType type, InferenceRequest request) {
        Violations violations = new Violations();
        assertThat(type.prepare(request, violations)).isNull();
        return violations.errors();
    }

    private static InferenceRequest messages(@Nullable JsonNode messages) {
        return new InferenceRequest("assessment", null, messages, null, null, null, null);
    }

    private static InferenceRequest tasks(TaskRequest... tasks) {
        return new InferenceRequest("assessment", List.of(tasks), null, null, 300, 0.0, Duration.ofSeconds(10));
    }

    @Test
    void refusesAModelThatIsNotOffered() {
        assertThat(errors(new InferenceRequest("gpt", null, QUESTION, null, null, null, null)))
                .containsExactly(new FieldError(
                        "model", "must be one of the models that this deployment offers: assessment, summary"));
        assertThat(errors(type(TestSettings.withoutModels()), messages(QUESTION)))
                .singleElement()
                .satisfies(error -> assertThat(error.message()).contains("set renderfleet.inference.pools"));
    }

    @Test
    void messagesAreShorthandForOneTask() {
        InferencePayload payload = payload(messages(QUESTION));

        assertThat(payload.tasks()).hasSize(1);
        assertThat(payload.tasks().getFirst().taskId()).isEqualTo("task-1");
        assertThat(payload.tasks().getFirst().messages()).isEqualTo(QUESTION);
        assertThat(payload.deadline()).isNull();
    }

    @Test
    void tasksHaveWhatTheRequestSaysUnlessTheySayOtherwise() {
        InferencePayload payload = payload(tasks(
                new TaskRequest("group-1", QUESTION, null, null, null),
                new TaskRequest(null, QUESTION, json("{\"type\": \"object\"}"), 5, 1.0)));

        assertThat(payload.tasks()).extracting(InferencePayload.Task::taskId).containsExactly("group-1", "task-2");
        assertThat(payload.tasks()).extracting(InferencePayload.Task::maxTokens).containsExactly(300, 5);
        assertThat(payload.tasks())
                .extracting(InferencePayload.Task::temperature)
                .containsExactly(0.0, 1.0);
        assertThat(payload.deadline()).isEqualTo(NOW.plusSeconds(10));
    }

    @Test
    void sixtyFourTasksFitIntoAJob() {
        TaskRequest[] tasks = IntStream.range(0, 64)
                .mapToObj(_ -> new TaskRequest(null, QUESTION, null, null, null))
                .toArray(TaskRequest[]::new);
        assertThat(payload(tasks(tasks)).tasks()).hasSize(64);
    }

    @Test
    void anImageIsADataUri() {
        assertThat(payload(messages(json("""
                        [{"role": "user", "content": [{"type": "text", "text": "What is it?"},
                         {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAE=", "detail": "low"}}]}]"""))).tasks()).hasSize(1);
    }

    @Test
    void aRequestNeedsTasksOrMessages() {
        assertThat(errors(messages(null))).extracting(FieldError::field).containsExactly("tasks");
        assertThat(errors(new InferenceRequest(
                        "assessment",
                        List.of(new TaskRequest(null, QUESTION, null, null, null)),
                        QUESTION,
                        null,
                        null,
                        null,
                        null)))
                .extracting(FieldError::field)
                .containsExactly("messages");
    }

    @Test
    void idsOfTasksDiffer() {
        TaskRequest task = new TaskRequest("group-1", QUESTION, null, null, null);
        assertThat(errors(tasks(task, task))).extracting(FieldError::field).containsExactly("tasks[1].taskId");
    }

    @ParameterizedTest
    @CsvSource({"PT0.05S", "PT25H", "PT-1S"})
    void theTimeForAnAnswerIsLimited(Duration time) {
        assertThat(errors(new InferenceRequest("assessment", null, QUESTION, null, null, null, time)))
                .extracting(FieldError::field)
                .containsExactly("answerWithin");
    }

    @Test
    void aSchemaIsASchema() {
        assertThat(errors(new InferenceRequest("assessment", null, QUESTION, json("{\"type\": 3}"), null, null, null)))
                .extracting(FieldError::field)
                .containsExactly("responseSchema");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | messages",
                "[] | messages",
                "[3] | messages[0]",
                "[{'role': 'root', 'content': 'a'}] | messages[0].role",
                "[{'role': 'user', 'content': ''}] | messages[0].content",
                "[{'role': 'user', 'content': 3}] | messages[0].content",
                "[{'role': 'user', 'content': 'a', 'tools': []}] | messages[0].tools",
                "[{'role': 'user', 'content': [{'type': 'audio'}]}] | messages[0].content[0].type",
                "[{'role': 'user', 'content': [{'type': 'text', 'text': 1}]}] | messages[0].content[0].text",
                "[{'role': 'user', 'content': [{'type': 'image_url', 'image_url': 'x'}]}] | messages[0].content[0].image_url",
                "[{'role': 'user', 'content': [{'type': 'image_url', 'image_url': {'url': 'http://169.254.169.254/a'}}]}] | messages[0].content[0].image_url.url",
                "[{'role': 'user', 'content': [{'type': 'image_url', 'image_url': {'url': 'data:text/html;base64,AA=='}}]}] | messages[0].content[0].image_url.url"
            })
    void saysWhichPartOfTheMessagesIsWrong(String messages, String field) {
        assertThat(errors(messages(json(messages.replace('\'', '"')))))
                .extracting(FieldError::field)
                .containsExactly(field);
    }

    @Test
    void theExamplesAreValid() {
        assertThat(type.examples()).allSatisfy(example -> {
            JsonNode request = json(example.json());
            List<@Nullable TaskRequest> tasks = request.has("tasks")
                    ? request.get("tasks")
                            .valueStream()
                            .<@Nullable TaskRequest>map(task -> new TaskRequest(
                                    task.path("taskId").asText(), task.path("messages"), null, null, null))
                            .toList()
                    : null;
            payload(new InferenceRequest(
                    "assessment", tasks, request.get("messages"), request.get("responseSchema"), null, null, null));
        });
    }
}
