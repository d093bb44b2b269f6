package io.renderfleet.api.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.resilience4j.ratelimiter.RateLimiterRegistry;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.renderfleet.api.ApiFixture;
import io.renderfleet.api.ApiTest;
import io.renderfleet.api.ApiTest.OnLocalAws;
import io.renderfleet.api.queue.QueueCalls;
import io.renderfleet.job.JobControl;
import io.renderfleet.job.JobHistory;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobStatus;
import io.renderfleet.job.JobStore;
import io.renderfleet.job.JobTable;
import io.renderfleet.job.UserId;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemType;
import io.renderfleet.queue.JobQueues;
import io.renderfleet.region.FleetSettings;
import io.renderfleet.telemetry.LoopHealth;
import io.renderfleet.testing.JobBuilder;
import io.renderfleet.testing.MutableClock;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.MediaType;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

@ApiTest
@TestPropertySource(
        properties = {
            "renderfleet.api.admission.in-flight=3",
            "resilience4j.ratelimiter.configs.user.limit-for-period=10",
            "resilience4j.ratelimiter.configs.user.limit-refresh-period=1h"
        })
class AdmissionTests {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Autowired
    MockMvcTester http;

    @Autowired
    ApiFixture fixture;

    @Autowired
    MeterRegistry meters;

    @Autowired
    JobHistory history;

    @Autowired
    JobControl control;

    @Autowired
    JobStore store;

    @Autowired
    JobQueues queues;

    @Autowired
    QueueCalls calls;

    @Autowired
    RateLimiterRegistry rates;

    @Autowired
    FleetSettings fleet;

    @Autowired
    DynamoDbClient table;

    private final MutableClock clock = new MutableClock(Instant.now());
    private final LoopHealth health = new LoopHealth(clock);
    private final String user = "busy-" + UUID.randomUUID();

    @Test
    void refusesTheJobsOfABatchThatThereIsNoRoomForOneByOne() throws Exception {
        String body = "{\"jobs\": [" + String.join(",", Collections.nCopies(12, request())) + "]}";

        JsonNode items = JSON.readTree(post("/jobs/batch", body).getResponse().getContentAsByteArray())
                .path("items");

        for (int i = 0; i < 12; i++) {
            JsonNode item = items.get(i);
            if (i < 3) {
                assertThat(item.path("status").asText()).isEqualTo("PENDING");
            } else {
                assertThat(item.at("/problem/status").asInt()).isEqualTo(429);
                assertThat(item.at("/problem/type").asText())
                        .isEqualTo("urn:renderfleet:problem:" + (i < 10 ? "too-many-open-jobs" : "rate-limited"));
            }
        }
        assertThat(history.countOpen(new UserId(user), Instant.now().plusSeconds(1), 100))
                .isEqualTo(3);
    }

    @Test
    void answers429WithTheTimeToWait() {
        double before = refusals("too-many-open-jobs");
        for (int i = 0; i < 3; i++) {
            assertThat(post("/jobs", request())).hasStatus(202);
        }
        for (int i = 3; i < 10; i++) {
            assertThat(post("/jobs", request()))
                    .hasStatus(429)
                    .hasHeader("Retry-After", "5")
                    .bodyJson()
                    .extractingPath("$.type")
                    .isEqualTo("urn:renderfleet:problem:too-many-open-jobs");
        }
        assertThat(post("/jobs", request()))
                .hasStatus(429)
                .hasHeader("Retry-After", "3600")
                .bodyJson()
                .extractingPath("$.type")
                .isEqualTo("urn:renderfleet:problem:rate-limited");
        assertThat(refusals("too-many-open-jobs") - before).isEqualTo(7);
    }

    @Test
    void aRepeatIsNoNewJob() {
        String repeated = request().replaceFirst("\\{", "{\"jobId\": \"" + UUID.randomUUID() + "\", ");
        for (int i = 0; i < 6; i++) {
            assertThat(post("/jobs", repeated)).hasStatus(202);
        }
        assertThat(post("/jobs", request())).hasStatus(202);
        assertThat(post("/jobs", request())).hasStatus(202);
        assertThat(post("/jobs", request())).hasStatus(429);
    }

    @Test
    void aRetryPassesTheLimitsOfASubmission() {
        JobId over = JobId.random();
        store.submit(JobBuilder.aJob().id(over).user(user).build());
        control.cancel(over, null);
        for (int i = 0; i < 3; i++) {
            assertThat(post("/jobs", request())).hasStatus(202);
        }
        for (int i = 3; i < 10; i++) {
            assertThat(post("/jobs/" + over + "/retry", ""))
                    .hasStatus(429)
                    .hasHeader("Retry-After", "5")
                    .bodyJson()
                    .extractingPath("$.type")
                    .isEqualTo("urn:renderfleet:problem:too-many-open-jobs");
        }
        assertThat(post("/jobs/" + over + "/retry", ""))
                .hasStatus(429)
                .hasHeader("Retry-After", "3600")
                .bodyJson()
                .extractingPath("$.type")
                .isEqualTo("urn:renderfleet:problem:rate-limited");
        assertThat(store.find(over).orElseThrow().status()).isEqualTo(JobStatus.CANCELLED);
    }

    @Test
    void aRetriedJobIsOneOfTheOpenJobs() {
        for (int i = 0; i < 3; i++) {
            JobId over = JobId.random();
            store.submit(JobBuilder.aJob().id(over).user(user).build());
            control.cancel(over, null);
            assertThat(post("/jobs/" + over + "/retry", "")).hasStatus(202);
            // A repeat opens nothing.
            assertThat(post("/jobs/" + over + "/retry", "")).hasStatus(202);
        }
        assertThat(post("/jobs", request())).hasStatus(429);
    }

    @Test
    void countsAgainAfterACountThatEndedInAnError() {
        AtomicInteger queries = new AtomicInteger();
        DynamoDbClient failing = (DynamoDbClient) Proxy.newProxyInstance(
                DynamoDbClient.class.getClassLoader(),
                new Class<?>[] {DynamoDbClient.class},
                (_, method, arguments) -> {
                    if (method.getName().equals("query") && queries.incrementAndGet() == 1) {
                        throw new StackOverflowError("on purpose");
                    }
                    return method.invoke(table, arguments);
                });
        for (int i = 0; i < 3; i++) {
            fixture.submit(user, "");
        }
        try (BackgroundReads background = new BackgroundReads(health)) {
            OpenJobs open = new OpenJobs(
                    new JobHistory(failing, JobTable.name(fleet.env()), clock), background, settings(3, 0), clock);
            clock.advance(Duration.ofMinutes(1));
            OpenJobCounter counter = open.of(new UserId(user));
            await().until(() -> {
                counted(open, counter, room -> !room);
                return queries.get() >= 2 && counter.bound() >= 3;
            });
        }
    }

    @Test
    void readsTheMasterQueuesAgainAfterAReadingThatFailed() {
        AtomicInteger readings = new AtomicInteger();
        QueueCalls closed = new QueueCalls();
        closed.close();
        try (BackgroundReads background = new BackgroundReads(health) {
            @Override
            boolean run(Runnable work) {
                readings.incrementAndGet();
                return super.run(work);
            }
        }) {
            MasterDepth depth = new MasterDepth(JobBuilder.POOL, queues, closed, background, settings(0, 1), clock);
            await().until(() -> {
                clock.advance(Duration.ofSeconds(3));
                depth.hasRoom();
                return readings.get() >= 3;
            });
        }
    }

    @Test
    void aCountThatHangsIsOverdue() throws Exception {
        CountDownLatch hang = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        try (BackgroundReads background = new BackgroundReads(health)) {
            background.run(() -> {
                begun.countDown();
                try {
                    hang.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(health.overdue()).isEmpty();
            clock.advance(BackgroundReads.LONGEST.plusSeconds(1));
            assertThat(health.overdue()).hasSize(1);
            hang.countDown();
            await().until(() -> health.overdue().isEmpty());
        }
    }

    @Test
    void findsRoomAgainOnceJobsAreOver() {
        try (BackgroundReads background = new BackgroundReads(health)) {
            OpenJobs open = new OpenJobs(history, background, settings(3, 0), clock);
            UserId userId = new UserId(user);
            JobId first = fixture.submit(user, "");
            for (int i = 0; i < 2; i++) {
                fixture.submit(user, "");
            }
            OpenJobCounter counter = open.of(userId);
            for (int i = 0; i < 3; i++) {
                assertThat(open.take(userId, counter)).isTrue();
                counter.accepted();
            }
            await().until(() -> counted(open, counter, room -> !room) && counter.bound() == 3);
            control.cancel(first, userId);
            await().until(() -> counted(open, counter, room -> room));
            assertThat(open.take(userId, counter)).isFalse();
        }
    }

    @Test
    void anInstanceThatHasNotSeenAUserCountsTheirJobs() {
        for (int i = 0; i < 3; i++) {
            fixture.submit(user, "");
        }
        try (BackgroundReads background = new BackgroundReads(health)) {
            OpenJobs other = new OpenJobs(history, background, settings(3, 0), clock);
            UserId userId = new UserId(user);
            clock.advance(Duration.ofMinutes(1));
            OpenJobCounter counter = other.of(userId);
            assertThat(other.take(userId, counter)).isTrue();
            counter.unused();
            await().until(() -> counter.bound() == 3);
            assertThat(other.take(userId, counter)).isFalse();
        }
    }

    @Test
    void refusesJobsWhenTheMasterQueuesAreFull() {
        JobId waiting = fixture.submit(user, "");
        try (BackgroundReads background = new BackgroundReads(health)) {
            AdmissionSettings settings = settings(0, 1);
            Admission admission = new Admission(
                    new UserRates(rates, settings),
                    new OpenJobs(history, background, settings, clock),
                    fleet,
                    queues,
                    calls,
                    background,
                    settings,
                    clock,
                    new SimpleMeterRegistry());
            UserId userId = new UserId(user);
            // Nothing is known yet.
            admission.admit(userId, JobBuilder.POOL).unused();
            await().untilAsserted(() -> assertThatExceptionOfType(ProblemException.class)
                    .isThrownBy(() -> admission.admit(userId, JobBuilder.POOL).unused())
                    .satisfies(e -> {
                        assertThat(e.type()).isEqualTo(ProblemType.QUEUE_FULL);
                        assertThat(e.type().status().value()).isEqualTo(503);
                        assertThat(e.retryAfter()).isEqualTo(Duration.ofSeconds(5));
                    }));
            // The limits of the user do not bind an operator; a full queue does.
            assertThatExceptionOfType(ProblemException.class)
                    .isThrownBy(() ->
                            admission.admitForOperator(userId, JobBuilder.POOL).unused())
                    .satisfies(e -> assertThat(e.type()).isEqualTo(ProblemType.QUEUE_FULL));
        }
        assertThat(fixture.messagesOf(waiting)).isEqualTo(1);
    }

    @Test
    void countsWhatItSentSinceTheLastReadingAndKeepsThatWhenSqsIsAway() {
        fixture.messagesOf(JobId.random());
        try (BackgroundReads background = new BackgroundReads(health)) {
            MasterDepth depth =
                    new MasterDepth(JobBuilder.POOL, queues, calls, background, settings(0, 1_000_000), clock);
            assertThat(depth.hasRoom()).isTrue();
            MasterDepth small = new MasterDepth(JobBuilder.POOL, queues, calls, background, settings(0, 2), clock);
            OnLocalAws.AWS.stopRegion(fleet.homeRegion());
            try {
                assertThat(small.hasRoom()).isTrue();
                small.sent();
                small.sent();
                assertThat(small.hasRoom()).isFalse();
                clock.advance(Duration.ofSeconds(3));
                assertThat(small.hasRoom()).isFalse();
            } finally {
                OnLocalAws.AWS.startRegion(fleet.homeRegion());
            }
            // From before a pause it says nothing any more.
            await().until(() -> {
                clock.advance(Duration.ofMinutes(1));
                return small.hasRoom();
            });
        }
    }

    /** One look at the counter, after the time when a count is due. */
    private boolean counted(OpenJobs open, OpenJobCounter counter, Predicate<Boolean> room) {
        clock.advance(Duration.ofSeconds(5));
        boolean taken = open.take(new UserId(user), counter);
        if (taken && !room.test(true)) {
            counter.unused();
        }
        return room.test(taken);
    }

    private static AdmissionSettings settings(int inFlight, long masterDepth) {
        return new AdmissionSettings(
                inFlight, masterDepth, Duration.ofSeconds(2), 100, Duration.ofMinutes(10), Duration.ofSeconds(5));
    }

    private double refusals(String reason) {
        return meters.counter("renderfleet.api.refusals", "reason", reason).count();
    }

    private String request() {
        return ApiFixture.request("").replace("user-1", user);
    }

    private MvcTestResult post(String path, String body) {
        return http.post()
                .uri(path)
                .contentType(MediaType.APPLICATION_JSON)
                .content(body)
                .exchange();
    }
}
