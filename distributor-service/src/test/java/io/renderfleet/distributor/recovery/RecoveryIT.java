package io.renderfleet.distributor.recovery;

import static io.renderfleet.distributor.LocalFleet.EAST;
import static io.renderfleet.distributor.LocalFleet.OREGON;
import static io.renderfleet.distributor.LocalFleet.message;
import static io.renderfleet.distributor.LocalFleet.take;
import static io.renderfleet.testing.JobBuilder.aJob;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.renderfleet.distributor.LocalFleet;
import io.renderfleet.job.Attempt;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobControl;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobRecovery;
import io.renderfleet.job.JobStatus;
import io.renderfleet.job.JobStore.ClaimOutcome;
import io.renderfleet.job.JobTable;
import io.renderfleet.job.NewJob;
import io.renderfleet.job.WorkerId;
import io.renderfleet.queue.DeadLetterQueue;
import io.renderfleet.queue.JobMessage;
import io.renderfleet.queue.JobQueue.Delivery;
import io.renderfleet.queue.JobQueues;
import io.renderfleet.queue.Lane;
import io.renderfleet.region.FleetSettings;
import io.renderfleet.telemetry.FleetMetric;
import io.renderfleet.testing.MutableClock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.ApplicationContext;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** The watchdog and the reaper on real queues and a real table; the test says when they look. */
class RecoveryIT {
    private static final Duration LEASE = Duration.ofSeconds(1);
    private static final WorkerId WORKER = new WorkerId("worker-1");

    private static LocalFleet fleet;
    private static ApplicationContext context;
    private static Watchdog watchdog;
    private static Reaper reaper;

    private static MutableClock clock;
    private static final MeterRegistry meters = new SimpleMeterRegistry();

    @BeforeAll
    static void start() {
        fleet = new LocalFleet();
        context = fleet.distributor(
                "renderfleet.distributor.intake.loops=0",
                "renderfleet.jobs.check-after=1s",
                "renderfleet.distributor.depth.read-timeout=5s",
                "renderfleet.distributor.recovery.sweep=0s",
                "renderfleet.distributor.recovery.letters=0s",
                "renderfleet.distributor.recovery.lost-after=1s");
        watchdog = context.getBean(Watchdog.class);
        clock = new MutableClock(Instant.now().truncatedTo(ChronoUnit.MILLIS));
        reaper = new Reaper(context.getBean(JobRecovery.class), context.getBean(JobQueues.class), clock, meters);
    }

    @AfterAll
    static void stop() {
        fleet.close();
    }

    @BeforeEach
    void emptyQueues() {
        fleet.purge();
    }

    private static Job job(JobId id) {
        return fleet.jobs().find(id).orElseThrow();
    }

    /** The job's messages there; the jobs of other tests are swept too. */
    private static List<JobMessage> onMaster(NewJob job) {
        return take(fleet.master()).stream()
                .map(Delivery::message)
                .filter(message -> message.jobId().equals(job.id()))
                .toList();
    }

    @Test
    void sendsAJobAgainWhoseMessageNeverReachedTheMasterQueue() {
        NewJob job = fleet.store();
        await().untilAsserted(() -> {
            watchdog.sweep();
            assertThat(onMaster(job)).containsExactly(message(job));
        });
        assertThat(job(job.id()).routeEpoch()).isZero();
    }

    @Test
    void reroutesAJobWhoseMessageWasLostInItsRegionAndVoidsTheLostOne() {
        NewJob job = fleet.store();
        fleet.jobs().route(job.id(), 0, OREGON);
        await().untilAsserted(() -> {
            watchdog.sweep();
            assertThat(onMaster(job)).containsExactly(message(job).withRouteEpoch(2));
        });
        assertThat(fleet.jobs().claim(job.id(), 1, OREGON, WORKER, LEASE)).isInstanceOf(ClaimOutcome.Superseded.class);
    }

    @Test
    void ofSeveralWatchdogsOneActs() {
        NewJob job = fleet.store();
        fleet.jobs().route(job.id(), 0, OREGON);
        await().until(() -> !job(job.id()).updatedAt().plusMillis(1100).isAfter(Instant.now()));
        CompletableFuture.allOf(IntStream.range(0, 6)
                        .mapToObj(i -> CompletableFuture.runAsync(watchdog::sweep))
                        .toArray(CompletableFuture<?>[]::new))
                .join();
        assertThat(onMaster(job)).containsExactly(message(job).withRouteEpoch(2));
        assertThat(job(job.id()).routeEpoch()).isEqualTo(2);
    }

    @Test
    void takesAJobFromAWorkerThatDiedWithItsMessageAndFencesThatWorker() {
        NewJob job = fleet.store();
        fleet.jobs().route(job.id(), 0, EAST);
        var claimed = (ClaimOutcome.Claimed) fleet.jobs().claim(job.id(), 1, EAST, WORKER, LEASE);
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            watchdog.sweep();
            assertThat(onMaster(job)).containsExactly(message(job).withRouteEpoch(2));
        });
        Job taken = job(job.id());
        assertThat(taken.status()).isEqualTo(JobStatus.PENDING);
        assertThat(taken.chargedAttempts()).isZero();
        assertThat(taken.attempts()).extracting(Attempt::outcome).containsExactly(Attempt.Outcome.INTERRUPTED);
        assertThat(fleet.jobs().cancelled(claimed.job(), List.of())).isFalse();
    }

    @Test
    void leavesAJobAloneWhoseMessageWaits() {
        NewJob job = fleet.store();
        fleet.jobs().route(job.id(), 0, OREGON);
        fleet.regional(OREGON).sendAll(List.of(message(job).withRouteEpoch(1)));
        await().until(() -> !job(job.id()).updatedAt().plusSeconds(2).isAfter(Instant.now()));
        watchdog.sweep();
        assertThat(onMaster(job)).isEmpty();
        assertThat(job(job.id()).routeEpoch()).isEqualTo(1);
    }

    @Test
    void failsAJobPastItsStartDeadline() {
        Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        NewJob job = aJob().createdAt(now).startBy(now.plusMillis(300)).build();
        fleet.jobs().submit(job);
        await().untilAsserted(() -> {
            watchdog.sweep();
            Job failed = job(job.id());
            assertThat(failed.status()).isEqualTo(JobStatus.FAILED);
            assertThat(failed.error())
                    .isNotNull()
                    .satisfies(error -> assertThat(error.code()).isEqualTo("start-deadline-exceeded"));
        });
        assertThat(onMaster(job)).isEmpty();
    }

    @Test
    void endsTheJobOfADeadLetterAndKeepsTheLetterForAnOperator() throws Exception {
        NewJob job = fleet.store();
        fleet.jobs().route(job.id(), 0, OREGON);
        DeadLetterQueue letters = letters();
        fleet.sendRaw(OREGON, letters.name(), text(message(job).withRouteEpoch(1)));
        await().untilAsserted(() -> {
            reaper.reap();
            assertThat(job(job.id()).status()).isEqualTo(JobStatus.FAILED);
        });
        assertThat(job(job.id()).error())
                .isNotNull()
                .satisfies(error -> assertThat(error.code()).isEqualTo("worker-crash-loop"));
        assertThat(letters.depth()).isOne();
        assertThat(meters.get(FleetMetric.DISTRIBUTOR_DEAD_LETTERS_DEPTH.metricName())
                        .tag("queue", letters.name())
                        .gauge()
                        .value())
                .isOne();

        // An operator, or the owner, retried it: the letter stands for nothing now, and goes at its next check.
        context.getBean(JobControl.class).retry(job.id(), null);
        reaper.reap();
        assertThat(letters.depth()).isOne();
        clock.advance(Reaper.FIRST_PAUSE);
        await().untilAsserted(() -> {
            reaper.reap();
            assertThat(letters.depth()).isZero();
        });
        assertThat(job(job.id()).status()).isEqualTo(JobStatus.PENDING);
    }

    @Test
    void checksALetterThatStaysEveryTenMinutes() throws Exception {
        NewJob job = fleet.store();
        fleet.jobs().route(job.id(), 0, OREGON);
        DeadLetterQueue letters = letters();
        fleet.sendRaw(OREGON, letters.name(), text(message(job).withRouteEpoch(1)));
        await().untilAsserted(() -> {
            reaper.reap();
            assertThat(job(job.id()).status()).isEqualTo(JobStatus.FAILED);
        });
        for (int round = 0; round < 40; round++) {
            clock.advance(Duration.ofMinutes(1));
            reaper.reap();
        }
        context.getBean(JobControl.class).retry(job.id(), null);
        clock.advance(Reaper.LONGEST_PAUSE);
        await().untilAsserted(() -> {
            reaper.reap();
            assertThat(letters.depth()).isZero();
        });
    }

    @Test
    void keepsALetterWhoseJobCannotBeReadAndSettlesTheOthers() throws Exception {
        DeadLetterQueue letters = letters();
        List<NewJob> jobs = List.of(fleet.store(), fleet.store(), fleet.store());
        for (NewJob job : jobs) {
            fleet.jobs().route(job.id(), 0, OREGON);
            fleet.sendRaw(OREGON, letters.name(), text(message(job).withRouteEpoch(1)));
        }
        NewJob unreadable = jobs.getFirst();
        writePriority(unreadable, "WRITTEN-BY-A-NEWER-VERSION");
        await().untilAsserted(() -> {
            reaper.reap();
            assertThat(jobs.subList(1, 3))
                    .allSatisfy(job -> assertThat(job(job.id()).status()).isEqualTo(JobStatus.FAILED));
        });
        assertThat(letters.depth()).isEqualTo(3);
        await().untilAsserted(() -> {
            reaper.reap();
            assertThat(meters.get(FleetMetric.DISTRIBUTOR_DEAD_LETTERS.metricName())
                            .tag("outcome", "unreadable-job")
                            .counter()
                            .count())
                    .isOne();
        });

        writePriority(unreadable, "NORMAL");
        clock.advance(Reaper.FIRST_PAUSE);
        await().untilAsserted(() -> {
            reaper.reap();
            assertThat(job(unreadable.id()).status()).isEqualTo(JobStatus.FAILED);
        });
    }

    private static void writePriority(NewJob job, String priority) {
        DynamoDbClient client = context.getBean(DynamoDbClient.class);
        client.updateItem(request -> request.tableName(
                        JobTable.name(context.getBean(FleetSettings.class).env()))
                .key(Map.of(JobTable.JOB_ID, AttributeValue.fromS(job.id().toString())))
                .updateExpression("SET #p = :p")
                .expressionAttributeNames(Map.of("#p", "priority"))
                .expressionAttributeValues(Map.of(":p", AttributeValue.fromS(priority))));
    }

    @Test
    void keepsALetterWhoseJobIsHeldOrUnknownOrThatIsNotOurs() throws Exception {
        NewJob held = fleet.store();
        fleet.jobs().route(held.id(), 0, OREGON);
        fleet.jobs().claim(held.id(), 1, OREGON, WORKER, Duration.ofMinutes(5));
        DeadLetterQueue letters = letters();
        fleet.sendRaw(OREGON, letters.name(), text(message(held).withRouteEpoch(1)));
        fleet.sendRaw(
                OREGON, letters.name(), text(message(aJob().id(JobId.random()).build())));
        fleet.sendRaw(OREGON, letters.name(), "x".repeat(1_000_000));
        await().until(() -> letters.depth() == 3);
        reaper.reap();
        reaper.reap();
        assertThat(letters.depth()).isEqualTo(3);
        assertThat(job(held.id()).status()).isEqualTo(JobStatus.PROCESSING);
    }

    private static DeadLetterQueue letters() {
        return context.getBean(JobQueues.class).deadLetters().stream()
                .filter(queue -> OREGON.equals(queue.region()) && queue.lane() == Lane.NORMAL)
                .findFirst()
                .orElseThrow();
    }

    private static String text(JobMessage message) throws JsonProcessingException {
        return new ObjectMapper().writeValueAsString(message);
    }
}
