package io.renderfleet.api.submission;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.renderfleet.api.ApiTest;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobStore;
import io.renderfleet.job.UserId;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

/** Events and images of the job type inference, through the whole API and a local AWS. */
@ApiTest
class EventTests {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final String camera = "camera-" + UUID.randomUUID();
    private final Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);

    @Autowired
    MockMvcTester http;

    @Autowired
    JobStore store;

    private static byte[] png(int bytes) {
        byte[] image = new byte[bytes];
        byte[] start = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
        System.arraycopy(start, 0, image, 0, start.length);
        return image;
    }

    private static String dataUri(int bytes) {
        return "data:image/png;base64," + Base64.getEncoder().encodeToString(png(bytes));
    }

    private String event(String groups, String more) {
        return """
                {"cameraId": "%s", "timestamp": "%s", "userId": "user-1", "trafficGroups": %s%s}""".formatted(camera, now, groups, more.isEmpty() ? "" : ", " + more);
    }

    private MvcTestResult post(String body) {
        return http.post()
                .uri("/events")
                .contentType(MediaType.APPLICATION_JSON)
                .content(body)
                .exchange();
    }

    private MvcTestResult put(String name, byte[] image) {
        return http.put()
                .uri("/inputs/" + name)
                .contentType(MediaType.IMAGE_PNG)
                .content(image)
                .exchange();
    }

    private static JobId idOf(MvcTestResult answer) {
        return JobId.of(Objects.requireNonNull(answer.getResponse().getHeader("Location"))
                .substring("/jobs/".length()));
    }

    private JsonNode payload(JobId id) throws JsonProcessingException {
        Job job = store.find(id).orElseThrow();
        return JSON.readTree(Objects.requireNonNull(job.payload()).json());
    }

    private static String groups(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "{\"groupId\": " + i + ", \"type\": \"car\"}")
                .collect(Collectors.joining(", ", "[", "]"));
    }

    @Test
    void anEventIsOneJobHoweverOftenItIsSent() throws Exception {
        String event = event(groups(2), "");

        MvcTestResult first = post(event);
        MvcTestResult again = post(event.replace(now.toString(), now.toString().replace("Z", "+00:00"))
                .replace("\"groupId\": 1, \"type\": \"car\"", "\"type\": \"car\", \"groupId\": 1"));

        assertThat(first).hasStatus(202).hasHeader("Retry-After", "1").doesNotContainHeader("Idempotent-Replayed");
        assertThat(again).hasStatus(202).hasHeader("Idempotent-Replayed", "true");
        assertThat(idOf(again)).isEqualTo(idOf(first));
        assertThat(first).bodyJson().extractingPath("$.links.self").isEqualTo("/jobs/" + idOf(first));
        JsonNode payload = payload(idOf(first));
        assertThat(payload.at("/tasks/0/messages/0/content").asText())
                .isEqualTo("Assess the risk of car: {\"groupId\":0,\"type\":\"car\"}");
        assertThat(payload.at("/source/cameraId").asText()).isEqualTo(camera);
        assertThat(payload.at("/source/template").asText()).isEqualTo("risk");
    }

    @Test
    void theSameEventWithOtherContentIsRefused() {
        post(event(groups(2), ""));

        assertThat(post(event(groups(1), "")))
                .hasStatus(422)
                .bodyJson()
                .extractingPath("$.type")
                .isEqualTo("urn:renderfleet:problem:idempotency-conflict");
    }

    @Test
    void theSameEventOfAnotherUserIsAnotherJob() {
        String event = event(groups(1), "");

        MvcTestResult first = post(event);
        MvcTestResult other = post(event.replace("user-1", "user-2"));

        assertThat(idOf(other)).isNotEqualTo(idOf(first));
        assertThat(store.find(idOf(other)).orElseThrow().userId()).isEqualTo(new UserId("user-2"));
    }

    @Test
    void anEventWithoutGroupsIsAcceptedAndIsNoJob() {
        assertThat(post(event("[]", ""))).hasStatus(204);
    }

    @Test
    void everyMistakeOfAnEventIsNamedAtOnce() {
        assertThat(post("""
                        {"cameraId": 3, "timestamp": "2031-01-01T00:00:00Z", "group": {}, "template": "risk",
                         "userId": "user-1", "trafficGroups": [{"groupId": "a"}]}"""))
                .hasStatus(400)
                .bodyJson()
                .extractingPath("$.errors[*].field")
                .asArray()
                .containsExactlyInAnyOrder("cameraId", "group", "timestamp", "trafficGroups[0]");
    }

    @Test
    void sixtyFiveTasksAreRefused() {
        assertThat(post(event(groups(65), "")))
                .hasStatus(400)
                .bodyJson()
                .extractingPath("$.errors[0].message")
                .asString()
                .startsWith("must have at most 64 elements, and has 65.");
    }

    @Test
    void aJobKeepsTheImageThatItsNameHadWhenItWasAccepted() throws Exception {
        MvcTestResult stored = put(camera + ".png", png(100));
        MvcTestResult accepted =
                post(event(groups(1), "\"groupImages\": {\"0\": \"s3:inputs/%s.png\"}".formatted(camera)));
        MvcTestResult replaced = put(camera + ".png", png(101));

        assertThat(stored).hasStatus(201).bodyJson().extractingPath("$.url").isEqualTo("s3:inputs/" + camera + ".png");
        assertThat(replaced).hasStatus(200);
        String digest = JSON.readTree(stored.getResponse().getContentAsString())
                .path("digest")
                .asText();
        assertThat(payload(idOf(accepted))
                        .at("/tasks/0/messages/0/content/1/image_url/url")
                        .asText())
                .isEqualTo("s3:inputs/blobs/" + digest);
    }

    @Test
    void imagesInAnEventAreStoredBesideItsJob() throws Exception {
        MvcTestResult accepted = post(event(groups(1), "\"groupImages\": {\"0\": \"%s\"}".formatted(dataUri(200_000))));

        assertThat(accepted).hasStatus(202);
        assertThat(payload(idOf(accepted)).toString())
                .contains("s3:inputs/blobs/")
                .hasSizeLessThan(1000);
    }

    @Test
    void anImageThatWasNotUploadedIsNamed() {
        assertThat(post(event(groups(1), "\"groupImages\": {\"0\": \"s3:inputs/%s\"}".formatted(camera))))
                .hasStatus(422)
                .bodyJson()
                .extractingPath("$.detail")
                .asString()
                .startsWith("There is no input " + camera + ". Upload it with PUT /inputs/" + camera);
    }

    @Test
    void aFileThatIsNoImageIsNotStored() {
        assertThat(put("a.png", "<svg></svg>         ".getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                .hasStatus(422)
                .bodyJson()
                .extractingPath("$.type")
                .isEqualTo("urn:renderfleet:problem:not-an-image");
    }

    @Test
    void anImageOfAHundredMegabytesIsRefusedBeforeItIsReceived() {
        assertThat(put("a.png", png(100 << 20)))
                .hasStatus(413)
                .bodyJson()
                .extractingPath("$.detail")
                .isEqualTo("The file can have at most 20 MiB.");
    }

    @Test
    void aJobThatIsTooLargeIsRefusedWithWhatToDo() {
        String text = "long ".repeat(300);
        String groups = IntStream.range(0, 64)
                .mapToObj(i -> "{\"groupId\": %d, \"type\": \"%s\"}".formatted(i, text))
                .collect(Collectors.joining(", ", "[", "]"));

        assertThat(post(event(groups, "")))
                .hasStatus(413)
                .bodyJson()
                .extractingPath("$.detail")
                .asString()
                .contains("64 KB")
                .contains("Send fewer tasks");
    }

    @Test
    void theDescriptionOfTheApiHasEventsAndInputs() {
        assertThat(http.get().uri("/v3/api-docs").exchange())
                .hasStatusOk()
                .bodyJson()
                .extractingPath("$.paths['/events'].post.responses")
                .asMap()
                .containsKeys("202", "204", "400", "413", "422", "503");
    }
}
