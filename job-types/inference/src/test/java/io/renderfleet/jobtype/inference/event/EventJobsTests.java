package io.renderfleet.jobtype.inference.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.renderfleet.identity.Caller;
import io.renderfleet.jobtype.inference.InferencePayload;
import io.renderfleet.jobtype.inference.InferencePayload.Task;
import io.renderfleet.jobtype.inference.event.EventJobs.EventJob;
import io.renderfleet.jobtype.inference.image.ImageRules;
import io.renderfleet.jobtype.inference.settings.InferenceSettings;
import io.renderfleet.jobtype.inference.settings.TestSettings;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemException.FieldError;
import io.renderfleet.problem.Violations;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventJobsTests {
    private static final Instant NOW = Instant.parse("2026-11-27T20:00:00Z");
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String PNG =
            "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNg"
                    + "AAAAAgABSK+kcQAAAABJRU5ErkJggg==";

    private final EventJobs events = events(TestSettings.settings(
            "templates.risk.model", "assessment",
            "templates.risk.prompt", "Camera {event.cameraId}: assess {group.type}. {group}",
            "templates.risk.system", "You assess traffic.",
            "templates.risk.schema", "{\"type\": \"object\"}",
            "templates.risk.fields", "type,speed",
            "templates.risk.max-tokens", "300",
            "templates.risk.temperature", "0",
            "images.hosts", "*.example.com,pictures.test"));

    private static EventJobs events(InferenceSettings settings) {
        return new EventJobs(new EventTemplates(settings), new ImageRules(settings.images()), InstantSource.fixed(NOW));
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text.replace('\'', '"'));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static ObjectNode event() {
        return (ObjectNode) json("""
                {'cameraId': 'camera-1', 'timestamp': '2026-11-27T20:59:59+01:00', 'userId': 'user-1',
                 'detectedObjects': [{'id': 'o-1'}],
                 'trafficGroups': [{'groupId': 'g-1', 'type': 'car', 'speed': 62}, {'groupId': 2, 'type': 'bus'}]}""");
    }

    private static @Nullable String text(JsonNode event, String field) {
        return event.has(field) ? event.get(field).asText() : null;
    }

    private EventJob read(JsonNode event) {
        return read(events, event);
    }

    private static EventJob read(EventJobs events, JsonNode event) {
        return events.read(
                new EventRequest(
                        text(event, "cameraId"),
                        text(event, "timestamp"),
                        event.get("detectedObjects"),
                        event.get("trafficGroups"),
                        event.get("groupImages"),
                        text(event, "template"),
                        text(event, "userId")),
                Caller.ANYONE,
                new Violations());
    }

    private List<FieldError> errors(JsonNode event) {
        return Objects.requireNonNull(catchThrowableOfType(ProblemException.class, () -> read(event)))
                .errors();
    }

    @Test
    void eachGroupBecomesATask() {
        EventJob job = read(event().set("groupImages", json("{'g-1': '" + PNG + "', '2': ['s3:inputs/bus.jpg']}")));

        assertThat(job.user().value()).isEqualTo("user-1");
        assertThat(job.key()).isEqualTo("event risk camera-1 2026-11-27T19:59:59Z");
        assertThat(job.tasks()).extracting(Task::taskId).containsExactly("g-1", "2");
        assertThat(job.tasks()).extracting(Task::maxTokens).containsExactly(300, 300);
        assertThat(job.tasks().getFirst().messages())
                .isEqualTo(json("""
                [{'role': 'system', 'content': 'You assess traffic.'},
                 {'role': 'user', 'content': [
                   {'type': 'text', 'text': 'Camera camera-1: assess car. {\\'type\\':\\'car\\',\\'speed\\':62}'},
                   {'type': 'image_url', 'image_url': {'url': '%s'}}]}]""".formatted(PNG).replace("\\'", "\\\"")));
        assertThat(job.tasks().getLast().messages().toString()).contains("s3:inputs/bus.jpg");
        assertThat(job.payload(job.tasks(), NOW).deadline()).isEqualTo(NOW.plusSeconds(10));
        assertThat(job.payload(job.tasks(), NOW).source())
                .isEqualTo(Map.of("cameraId", "camera-1", "template", "risk"));
    }

    /** A job costs 7 write units and one for each KB of a payload of more than 1 KB (decision 4). */
    @Test
    void aJobOfAnEventOf5KilobytesCostsAtMost15WriteUnits() {
        String description = "x".repeat(1550);
        ObjectNode event = event();
        event.set(
                "trafficGroups",
                json(IntStream.range(0, 3)
                        .mapToObj(
                                group -> "{'groupId': %d, 'type': 'car', 'speed': '%s'}".formatted(group, description))
                        .collect(Collectors.joining(", ", "[", "]"))));
        assertThat(event.toString().length()).isBetween(4700, 5120);

        EventJob job = read(event);

        int bytes = InferencePayload.FORMAT.write(job.payload(job.tasks(), NOW)).bytes();
        assertThat(7 + Math.ceilDiv(bytes, 1024)).isLessThanOrEqualTo(15);
    }

    @Test
    void theSameMomentInAnotherZoneIsTheSameEvent() {
        EventJob first = read(event());
        EventJob again = read(event().put("timestamp", "2026-11-27T19:59:59Z"));

        assertThat(again.key()).isEqualTo(first.key());
        assertThat(again.content()).isEqualTo(first.content());
    }

    @Test
    void anEventWithoutGroupsHasNothingToDo() {
        assertThat(read(event().set("trafficGroups", json("[]"))).tasks()).isEmpty();
    }

    @Test
    void sixtyFourGroupsAreAJobAndSixtyFiveAreNot() {
        assertThat(read(event().set("trafficGroups", groups(64))).tasks()).hasSize(64);

        assertThat(errors(event().set("trafficGroups", groups(65))))
                .singleElement()
                .satisfies(error -> {
                    assertThat(error.field()).isEqualTo("trafficGroups");
                    assertThat(error.message()).startsWith("must have at most 64 elements, and has 65");
                });
    }

    private static JsonNode groups(int count) {
        return json(IntStream.range(0, count)
                .mapToObj(group -> "{'groupId': " + group + ", 'type': 'car'}")
                .collect(Collectors.joining(", ", "[", "]")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "timestamp | '2026-11-27T20:05:01Z' | is in the future: 2026-11-27T20:05:01Z, and now is 2026-11-27T20:00:00Z.",
                "timestamp | '2025-11-27T20:00:00Z' | is too old: 2025-11-27T20:00:00Z, and now is 2026-11-27T20:00:00Z. The template risk accepts events of the last PT1H",
                "timestamp | '2026-11-27 20:00' | must be a time in ISO 8601 with a zone",
                "template | 'weather' | must be one of the event templates of this deployment: risk",
                "trafficGroups | {} | must be an array of objects",
                "trafficGroups | null | is required, because the template risk makes a task of each element",
                "trafficGroups[0] | [3] | must be an object",
                "trafficGroups[0].groupId | [{'type': 'car'}] | must be the id of the group",
                "trafficGroups[0].groupId | [{'groupId': 'a b', 'type': 'car'}] | must be the id of the group",
                "trafficGroups[1].groupId | [{'groupId': 1, 'type': 'a'}, {'groupId': '1', 'type': 'b'}] | is the id of an earlier group",
                "trafficGroups[0] | [{'groupId': 'g-1'}] | has nothing for {group.type} in the template risk (group g-1)",
                "groupImages | [] | must be an object with the id of a group",
                "groupImages.g-9 | {'g-9': 's3:inputs/a'} | is not the id of an element of trafficGroups",
                "groupImages.g-1 | {'g-1': []} | must be an image, or an array of 1 to 8 images",
                "groupImages.g-1[1] | {'g-1': ['s3:inputs/a', 3]} | must be a data URI of a PNG, JPEG, WebP or GIF image",
                "groupImages.g-1 | {'g-1': 'https://169.254.169.254/latest'} | is on the host 169.254.169.254, from which images are not fetched; allowed are *.example.com, pictures.test",
                "groupImages.g-1 | {'g-1': 'https://example.com/a'} | is on the host example.com, from which images are not fetched",
                "groupImages.g-1 | {'g-1': 'https://notexample.com/a'} | is on the host notexample.com, from which images are not fetched",
                "groupImages.g-1 | {'g-1': 'http://a.example.com/a'} | must be a data URI",
                "groupImages.g-1 | {'g-1': 'https://user@a.example.com/a'} | must be a data URI",
                "groupImages.g-1 | {'g-1': 's3:inputs/../designs/x'} | must be a data URI",
                "groupImages.g-1 | {'g-1': 's3:inputs/blobs/0000000000000000000000000000000000000000000000000000000000000000'} | must be a data URI",
                "groupImages.g-1 | {'g-1': 'data:image/png;base64,AAAA'} | has data that is not a PNG, JPEG, WebP or GIF image"
            })
    void saysWhatIsWrongAndWhatIsAccepted(String field, String value, String message) {
        ObjectNode event = event();
        event.set(field.replaceAll("[.\\[].*", ""), json(value));

        assertThat(errors(event)).anySatisfy(error -> {
            assertThat(error.field()).isEqualTo(field);
            assertThat(error.message()).startsWith(message);
        });
    }

    @ParameterizedTest
    @CsvSource({"https://a.example.com/a.png", "https://A.B.EXAMPLE.com/a.png?b=c", "https://pictures.test:8443/a"})
    void imagesOnAllowedHostsAreAccepted(String url) {
        assertThat(read(event().set("groupImages", json("{'g-1': '" + url + "'}")))
                        .tasks())
                .hasSize(2);
    }

    @Test
    void aUserIsNeededUnlessTheTemplateHasOne() {
        ObjectNode event = event();
        event.remove("userId");
        EventJobs withUser = events(TestSettings.settings(
                "templates.risk.model", "assessment",
                "templates.risk.prompt", "Assess {group}",
                "templates.risk.user", "cameras"));

        assertThat(errors(event)).extracting(FieldError::field).containsExactly("userId");
        assertThat(read(withUser, event).user().value()).isEqualTo("cameras");
    }

    @Test
    void aTemplateIsNeededWhenThereAreSeveral() {
        EventJobs two = events(TestSettings.settings(
                "templates.risk.model", "assessment",
                "templates.risk.prompt", "Assess {group}",
                "templates.objects.model", "assessment",
                "templates.objects.per", "detectedObjects",
                "templates.objects.id", "id",
                "templates.objects.prompt", "What is it? {group}"));

        assertThat(read(two, event().put("template", "objects")).tasks())
                .extracting(Task::taskId)
                .containsExactly("o-1");
        assertThat(catchThrowableOfType(ProblemException.class, () -> read(two, event()))
                        .errors())
                .containsExactly(new FieldError(
                        "template",
                        "is required; must be one of the event templates of this deployment: objects, risk"));
    }
}
