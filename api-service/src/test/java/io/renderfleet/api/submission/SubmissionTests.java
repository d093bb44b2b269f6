package io.renderfleet.api.submission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.renderfleet.api.ApiFixture;
import io.renderfleet.api.ApiTest;
import io.renderfleet.api.ApiTest.OnLocalAws;
import io.renderfleet.identity.Library;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobControl;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobLimits;
import io.renderfleet.job.JobStatus;
import io.renderfleet.job.JobStore;
import io.renderfleet.job.OrderingKey;
import io.renderfleet.job.Priority;
import io.renderfleet.job.UserId;
import io.renderfleet.jobtype.render.RenderPayload;
import io.renderfleet.jobtype.render.design.Design;
import io.renderfleet.jobtype.render.design.DesignId;
import io.renderfleet.jobtype.render.design.DesignStore;
import io.renderfleet.region.FleetSettings;
import io.renderfleet.region.RegionId;
import io.renderfleet.telemetry.FleetMetric;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

@ApiTest
class SubmissionTests {
    @Autowired
    MockMvcTester http;

    @Autowired
    ApiFixture fixture;

    @Autowired
    JobStore store;

    @Autowired
    JobControl control;

    @Autowired
    DesignStore designs;

    @Autowired
    FleetSettings fleet;

    @Autowired
    MeterRegistry meters;

    @Test
    void answersWithTheFinishedJobWhenTheClientWaits() throws Exception {
        UUID id = UUID.randomUUID();
        var answer = CompletableFuture.supplyAsync(() -> http.post()
                .uri("/jobs")
                .header("Prefer", "wait=60")
                .contentType(MediaType.APPLICATION_JSON)
                .content(ApiFixture.request("\"jobId\": \"" + id + "\""))
                .exchange());
        JobId job = new JobId(id);
        await().atMost(Duration.ofSeconds(30)).until(() -> store.find(job).isPresent());
        assertThat(control.cancel(job, null)).isInstanceOf(JobControl.Cancelling.Cancelled.class);

        MvcTestResult response = answer.get(30, TimeUnit.SECONDS);

        assertThat(response)
                .hasStatus(200)
                .hasHeader("Location", "/jobs/" + id)
                .hasHeader("Preference-Applied", "wait=60")
                .bodyJson()
                .extractingPath("$.status")
                .isEqualTo("CANCELLED");
    }

    @Test
    void answersAsUsualWhenTheWaitIsOver() {
        MvcTestResult answer = http.post()
                .uri("/jobs")
                .header("Prefer", "wait=1")
                .contentType(MediaType.APPLICATION_JSON)
                .content(ApiFixture.request(""))
                .exchange();

        assertThat(answer)
                .hasStatus(202)
                .hasHeader("Retry-After", "1")
                .hasHeader("Preference-Applied", "wait=1")
                .bodyJson()
                .extractingPath("$.status")
                .isEqualTo("PENDING");
    }

    @Test
    void storesAndQueuesAJobBeforeItIsAcknowledged() {
        MvcTestResult answer = post(ApiFixture.request(""), null);

        assertThat(answer).hasStatus(202).hasHeader("Retry-After", "1").hasHeader("Cache-Control", "no-store");
        JobId id = idOf(answer);
        assertThat(answer).hasHeader("Location", "/jobs/" + id).doesNotContainHeader("Idempotent-Replayed");
        assertThat(answer).bodyJson().isStrictlyEqualTo("""
                        {"jobId": "%1$s", "status": "PENDING",
                         "links": {"self": "/jobs/%1$s", "cancel": "/jobs/%1$s/cancel",
                                   "events": "/jobs/%1$s/events",
                                   "result": "/jobs/%1$s/result"}}""".formatted(id));
        assertThat(job(id).status()).isEqualTo(JobStatus.PENDING);
        assertThat(fixture.messagesOf(id)).isEqualTo(1);
    }

    @Test
    void countsASubmissionByItsPool() {
        double before = accepted();

        post(ApiFixture.request(""), null);

        assertThat(accepted()).isEqualTo(before + 1);
    }

    private double accepted() {
        Counter counter = meters.find(FleetMetric.API_SUBMISSIONS.metricName())
                .tag("outcome", "accepted")
                .tag("pool", "render")
                .counter();
        return counter == null ? 0 : counter.count();
    }

    @Test
    void storesTheDefaults() {
        Job job = job(idOf(post(ApiFixture.request(""), null)));

        String digest = designs.find(Library.SHARED, new DesignId(ApiFixture.DESIGN))
                .map(Design::digest)
                .orElseThrow();
        assertThat(payload(job))
                .isEqualTo(new RenderPayload(
                        new DesignId(ApiFixture.DESIGN),
                        digest,
                        new RenderPayload.Camera(
                                new RenderPayload.Vector(0, 1, 4),
                                new RenderPayload.Vector(0, 1, 0),
                                new RenderPayload.Vector(0, 1, 0),
                                45),
                        new RenderPayload.Output(640, 360, 64, RenderPayload.Format.PNG),
                        RenderPayload.Environment.DEFAULT));
        assertThat(job.limits()).isEqualTo(JobLimits.defaults());
        assertThat(job.priority()).isEqualTo(Priority.NORMAL);
        assertThat(job.userId()).isEqualTo(new UserId("user-1"));
        assertThat(job.orderingKey()).isNull();
        assertThat(job.allowedRegions()).isEmpty();
    }

    @Test
    void storesEverythingThatWasAskedFor() {
        MvcTestResult answer = post(ApiFixture.request("""
                        "type": "render", "output": {"width": 16, "height": 17, "samplesPerPixel": 3, "format": "jpeg"},
                        "environment": "none", "priority": "HIGH", "orderingKey": "shoot 7", "regions": ["us-west-2"],
                        "startWithin": "PT2M", "timeout": "PT5S", "maxAttempts": 1"""), null);

        Job job = job(idOf(answer));
        assertThat(payload(job).output()).isEqualTo(new RenderPayload.Output(16, 17, 3, RenderPayload.Format.JPEG));
        assertThat(payload(job).environment()).isEqualTo(RenderPayload.Environment.NONE);
        assertThat(job.priority()).isEqualTo(Priority.HIGH);
        assertThat(job.orderingKey()).isEqualTo(new OrderingKey("shoot 7"));
        assertThat(job.allowedRegions()).containsExactly(new RegionId("us-west-2"));
        assertThat(job.limits())
                .isEqualTo(new JobLimits(job.createdAt().plus(Duration.ofMinutes(2)), Duration.ofSeconds(5), 1));
    }

    @Test
    void answersARepeatUnderOneIdempotencyKeyAsTheFirstTime() throws Exception {
        String key = key();
        MvcTestResult first = post(ApiFixture.request(""), key);
        MvcTestResult again = post(ApiFixture.request("").replace(",", " ,\n "), key);

        assertThat(again).hasStatus(202).hasHeader("Idempotent-Replayed", "true");
        assertThat(again.getResponse().getContentAsString())
                .isEqualTo(first.getResponse().getContentAsString());
    }

    @Test
    void answersARepeatUnderOneJobIdAsTheFirstTime() {
        String body = ApiFixture.request("\"jobId\": \"" + UUID.randomUUID() + "\"");

        assertThat(post(body, null)).hasStatus(202).doesNotContainHeader("Idempotent-Replayed");
        assertThat(post(body, null)).hasStatus(202).hasHeader("Idempotent-Replayed", "true");
    }

    @Test
    void sendsNoMessageForARepeatOfARoutedJob() {
        String key = key();
        JobId id = idOf(post(ApiFixture.request(""), key));
        assertThat(fixture.messagesOf(id)).isEqualTo(1);
        store.route(id, 0, fleet.homeRegion());

        assertThat(post(ApiFixture.request(""), key)).hasStatus(202).hasHeader("Idempotent-Replayed", "true");
        assertThat(fixture.messagesOf(id)).isZero();
    }

    @Test
    void refusesAnotherBodyUnderTheSameKey() {
        String key = key();
        JobId id = idOf(post(ApiFixture.request(""), key));

        assertThat(post(ApiFixture.request("\"maxAttempts\": 2"), key))
                .hasStatus(422)
                .bodyJson()
                .extractingPath("$.type")
                .isEqualTo("urn:renderfleet:problem:idempotency-conflict");
        assertThat(job(id).limits().maxAttempts()).isEqualTo(JobLimits.DEFAULT_MAX_ATTEMPTS);
    }

    @Test
    void tellsTheKeysOfTwoUsersApart() {
        String key = key();
        JobId first = idOf(post(ApiFixture.request(""), key));
        MvcTestResult other = post(ApiFixture.request("").replace("user-1", "user-2"), key);

        assertThat(other).hasStatus(202).doesNotContainHeader("Idempotent-Replayed");
        assertThat(idOf(other)).isNotEqualTo(first);
    }

    @Test
    void noUserCanTakeTheIdOfAnothersKey() {
        String key = key();
        JobId next = JobId.derivedFrom(new UserId("user-1"), key);
        String squatting = ApiFixture.request("\"jobId\": \"" + next + "\"").replace("user-1", "user-2");

        assertThat(post(squatting, null))
                .hasStatus(400)
                .bodyJson()
                .extractingPath("$.errors[0].field")
                .isEqualTo("jobId");
        MvcTestResult own = post(ApiFixture.request(""), key);
        assertThat(own).hasStatus(202).doesNotContainHeader("Idempotent-Replayed");
        assertThat(idOf(own)).isEqualTo(next);
    }

    @Test
    void refusesAKeyTogetherWithAJobId() {
        assertThat(post(ApiFixture.request("\"jobId\": \"" + UUID.randomUUID() + "\""), key()))
                .hasStatus(400)
                .bodyJson()
                .extractingPath("$.errors[0].field")
                .isEqualTo("jobId");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "schlüssel", "a\tb"})
    void refusesAKeyThatIsNotPrintableAscii(String key) {
        assertThat(post(ApiFixture.request(""), key))
                .hasStatus(400)
                .bodyJson()
                .extractingPath("$.errors[0].field")
                .isEqualTo("Idempotency-Key");
    }

    @Test
    void takesAKeyOf255CharactersAndNoLonger() {
        String longest = key() + "x".repeat(215);

        assertThat(longest).hasSize(255);
        assertThat(post(ApiFixture.request(""), longest)).hasStatus(202);
        assertThat(post(ApiFixture.request(""), longest + "x")).hasStatus(400);
    }

    @Test
    void refusesAnUnknownDesign() {
        String body = ApiFixture.request("").replace(ApiFixture.DESIGN, "nowhere");

        assertThat(post(body, key()))
                .hasStatus(422)
                .bodyJson()
                .extractingPath("$.type")
                .isEqualTo("urn:renderfleet:problem:design-not-found");
    }

    @Test
    void answersARepeatWhoseDesignIsGoneSince() throws Exception {
        String design = "short-lived-" + UUID.randomUUID();
        String body = ApiFixture.request("").replace(ApiFixture.DESIGN, design);
        fixture.storeDesign(design, "bytes");
        String key = key();
        JobId id = idOf(post(body, key));
        fixture.forgetDesign(design);

        MvcTestResult repeat = post(body, key);

        assertThat(repeat).hasStatus(202).hasHeader("Idempotent-Replayed", "true");
        assertThat(idOf(repeat)).isEqualTo(id);
        assertThat(post(body, key())).hasStatus(422);
    }

    @Test
    void answersARepeatWhoseDesignWasReplacedSince() throws Exception {
        String design = "replaced-" + UUID.randomUUID();
        String body = ApiFixture.request("").replace(ApiFixture.DESIGN, design);
        String digest = fixture.storeDesign(design, "first bytes").digest();
        String key = key();
        JobId id = idOf(post(body, key));
        fixture.storeDesign(design, "other bytes");

        assertThat(post(body, key)).hasStatus(202).hasHeader("Idempotent-Replayed", "true");
        assertThat(payload(job(id)).designDigest()).isEqualTo(digest);
    }

    @Test
    void keepsNothingWhenTheQueueIsAwayAndAcceptsTheSameRequestLater() {
        String key = key();
        JobId id = JobId.derivedFrom(new UserId("user-1"), key);
        OnLocalAws.AWS.stopRegion(fleet.homeRegion());
        try {
            assertThat(post(ApiFixture.request(""), key))
                    .hasStatus(503)
                    .hasHeader("Retry-After", "2")
                    .bodyJson()
                    .extractingPath("$.type")
                    .isEqualTo("urn:renderfleet:problem:queue-unavailable");
            assertThat(store.find(id)).isEmpty();
        } finally {
            OnLocalAws.AWS.startRegion(fleet.homeRegion());
        }
        assertThat(post(ApiFixture.request(""), key)).hasStatus(202).doesNotContainHeader("Idempotent-Replayed");
        assertThat(store.find(id)).isPresent();
    }

    private MvcTestResult post(String body, @Nullable String key) {
        var request =
                http.post().uri("/jobs").contentType(MediaType.APPLICATION_JSON).content(body);
        if (key != null) {
            request.header("Idempotency-Key", key);
        }
        return request.exchange();
    }

    private Job job(JobId id) {
        return store.find(id).orElseThrow();
    }

    private static String key() {
        return "key-" + UUID.randomUUID();
    }

    private static JobId idOf(MvcTestResult answer) {
        assertThat(answer).hasStatus(202);
        return JobId.of(
                String.valueOf(answer.getResponse().getHeader("Location")).substring("/jobs/".length()));
    }

    private static RenderPayload payload(Job job) {
        return RenderPayload.FORMAT.read(Objects.requireNonNull(job.payload()));
    }
}
