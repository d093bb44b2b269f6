package io.renderfleet.job;

import static io.renderfleet.testing.JobBuilder.aJob;
import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.completion.CompletionEvent;
import io.renderfleet.job.JobControl.Cancelling;
import io.renderfleet.job.JobControl.Retrying;
import io.renderfleet.job.JobRecovery.LetterOutcome;
import io.renderfleet.job.JobStore.ClaimOutcome;
import io.renderfleet.region.RegionId;
import io.renderfleet.testing.JobBuilder;
import io.renderfleet.testing.MutableClock;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** A job that wants a completion event stays due until its event was sent, in whichever way it ends. */
class PendingEventsTests {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00.000Z");
    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final RegionId EAST = new RegionId("us-east-1");
    private static final WorkerId WORKER = new WorkerId("worker-a");
    private static final JobError ERROR = new JobError("broken", "It is broken.");
    private static final JobResult RESULT = new JobResult(FileId.random(), "json", 12, "application/json");
    private static LocalTables tables;

    private final MutableClock clock = new MutableClock(NOW);

    /** The ends that were announced. */
    private final List<Job> ended = new ArrayList<>();

    private final List<@Nullable String> results = new ArrayList<>();
    private int writes;
    private boolean reachable = true;

    private final JobDatabase database = new JobDatabase(
            counting(),
            "local",
            clock,
            new JobStoreSettings(Duration.ofDays(30), Duration.ofSeconds(60)),
            (job, result) -> {
                ended.add(job);
                results.add(result);
                return reachable
                        ? CompletableFuture.allOf()
                        : CompletableFuture.failedFuture(new IllegalStateException("SQS does not respond"));
            });
    private final JobStore store = new JobStore(database);
    private final JobControl control = new JobControl(database);
    private final JobRecovery recovery = new JobRecovery(database);
    private final PendingEvents pending = new PendingEvents(counting(), "local");

    @BeforeAll
    static void start() {
        tables = new LocalTables();
    }

    @AfterAll
    static void stop() {
        tables.close();
    }

    private DynamoDbClient counting() {
        return (DynamoDbClient) Proxy.newProxyInstance(
                DynamoDbClient.class.getClassLoader(),
                new Class<?>[] {DynamoDbClient.class},
                (_, method, arguments) -> {
                    if (method.getName().equals("updateItem")
                            || method.getName().equals("putItem")) {
                        writes++;
                    }
                    try {
                        return method.invoke(tables.client(), arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    /** The ways in which a job ends, with the component that ends it. */
    @SuppressWarnings("ImmutableEnumChecker") // The steps have no state.
    enum End {
        COMPLETED_BY_WORKER(JobStatus.COMPLETED, test -> {
            Job job = test.claimed();
            assertThat(test.store.complete(job, RESULT, "{\"a\":1}", List.of())).isTrue();
        }),
        FAILED_BY_WORKER(JobStatus.FAILED, test -> {
            Job job = test.claimed();
            assertThat(test.store.fail(job, Attempt.Outcome.ERRORED, ERROR, List.of()))
                    .isTrue();
        }),
        CANCELLED_BY_WORKER(JobStatus.CANCELLED, test -> {
            Job job = test.claimed();
            test.control.cancel(job.id(), null);
            assertThat(test.store.cancelled(job, List.of())).isTrue();
        }),
        CANCELLED_BY_API(JobStatus.CANCELLED, test -> {
            assertThat(test.control.cancel(test.routed(), null)).isInstanceOf(Cancelling.Cancelled.class);
        }),
        START_DEADLINE_AT_CLAIM(JobStatus.FAILED, test -> {
            test.builder.startBy(test.clock.instant().plusSeconds(5));
            JobId id = test.routed();
            test.clock.advance(Duration.ofSeconds(6));
            assertThat(test.store.claim(id, 1, EAST, WORKER, LEASE))
                    .isEqualTo(new ClaimOutcome.Terminal(JobStatus.FAILED));
        }),
        START_DEADLINE_BY_WATCHDOG(JobStatus.FAILED, test -> {
            test.builder.startBy(test.clock.instant().plusSeconds(5));
            JobId id = test.routed();
            test.clock.advance(Duration.ofSeconds(6));
            assertThat(test.recovery.failUnstarted(test.recovery.check(id).orElseThrow()))
                    .isTrue();
        }),
        DEAD_LETTER(JobStatus.FAILED, test -> {
            assertThat(test.recovery.deadLetter(test.routed(), 1, ERROR)).isEqualTo(LetterOutcome.FAILED);
        });

        private final JobStatus status;
        private final Consumer<PendingEventsTests> steps;

        End(JobStatus status, Consumer<PendingEventsTests> steps) {
            this.status = status;
            this.steps = steps;
        }
    }

    private JobBuilder builder = aJob().notifying("live", "alerts");

    private JobId routed() {
        NewJob job = builder.createdAt(clock.instant()).build();
        store.submit(job);
        store.route(job.id(), 0, EAST);
        return job.id();
    }

    private Job claimed() {
        return claim(routed(), 1);
    }

    private Job claim(JobId id, int epoch) {
        return ((ClaimOutcome.Claimed) store.claim(id, epoch, EAST, WORKER, LEASE)).job();
    }

    @ParameterizedTest
    @EnumSource
    void theEventIsSentOnceAndTheJobIsNoLongerDue(End end) {
        end.steps.accept(this);

        assertThat(ended).singleElement().satisfies(job -> {
            assertThat(job.status()).isEqualTo(end.status);
            assertThat(job.completion().sinks()).containsExactlyInAnyOrder("live", "alerts");
            assertThat(job.completion().source()).isEqualTo(Map.of("cameraId", "camera-1"));
            assertThat(pending.sent(job)).isTrue();
            assertThat(pending.sent(job)).isFalse();
            clock.advance(Duration.ofHours(1));
            assertThat(recovery.check(job.id())).isEmpty();
        });
        assertThat(results).containsExactly(end == End.COMPLETED_BY_WORKER ? "{\"a\":1}" : null);
    }

    @ParameterizedTest
    @EnumSource
    void theJobIsDueWithinTwentySecondsWhenItsServiceDiedBeforeItSentTheEvent(End end) {
        end.steps.accept(this);
        clock.advance(JobDatabase.EVENT_CHECK);

        Job job = ended.getFirst();
        assertThat(due()).contains(job.id());
        assertThat(recovery.check(job.id())).hasValueSatisfying(due -> {
            assertThat(due.job().status()).isEqualTo(end.status);
            assertThat(CompletionEvent.of(due.job(), null).eventId())
                    .isEqualTo(CompletionEvent.of(job, null).eventId());
        });
    }

    @ParameterizedTest
    @EnumSource
    void aJobThatWantsNoEventCostsNoFurtherWriteAndIsNotDue(End end) {
        builder = aJob();
        end.steps.accept(this);
        int without = writes;
        assertThat(ended).isEmpty();
        clock.advance(Duration.ofHours(1));

        builder = aJob().notifying("live");
        writes = 0;
        end.steps.accept(this);
        assertThat(writes).isEqualTo(without);
        clock.advance(Duration.ofHours(1));
        assertThat(due())
                .containsExactlyElementsOf(Stream.of(ended.getFirst().id()).toList());
        pending.sent(ended.getFirst());
        assertThat(writes).isEqualTo(without + 1);
    }

    @Test
    void theCheckOfAJobThatRanForLongIsMovedToItsEnd() {
        Job job = claimed();
        clock.advance(JobDatabase.EVENT_CHECK);
        assertThat(recovery.postpone(recovery.check(job.id()).orElseThrow(), NOW.plusSeconds(600)))
                .isTrue();
        clock.advance(Duration.ofSeconds(1));
        assertThat(store.complete(job, RESULT, List.of())).isTrue();

        clock.advance(JobDatabase.EVENT_CHECK);
        assertThat(recovery.check(job.id())).isPresent();
    }

    @Test
    void aRetriedJobHasAnotherEvent() {
        Job first = claimed();
        store.fail(first, Attempt.Outcome.ERRORED, ERROR, List.of());
        pending.sent(ended.getFirst());
        clock.advance(Duration.ofSeconds(1));
        Job retried = ((Retrying.Retried) control.retry(first.id(), null)).job();
        assertThat(pending.sent(ended.getFirst()))
                .as("a late copy of the first event does not end the check of the open job")
                .isFalse();
        store.route(first.id(), retried.routeEpoch(), EAST);
        store.fail(claim(first.id(), retried.routeEpoch() + 1), Attempt.Outcome.ERRORED, ERROR, List.of());

        assertThat(ended).hasSize(2);
        assertThat(pending.sent(ended.getFirst())).isFalse();
        assertThat(CompletionEvent.of(ended.getFirst(), null).eventId())
                .isNotEqualTo(CompletionEvent.of(ended.getLast(), null).eventId());
        assertThat(pending.sent(ended.getLast())).isTrue();
    }

    @Test
    void aRetrySendsTheEventOfTheFirstEndBeforeItIsForgotten() {
        Job first = claimed();
        store.fail(first, Attempt.Outcome.ERRORED, ERROR, List.of());

        reachable = false;
        assertThat(control.retry(first.id(), null)).isInstanceOf(Retrying.Contended.class);
        assertThat(store.find(first.id()).orElseThrow().status()).isEqualTo(JobStatus.FAILED);
        reachable = true;
        assertThat(control.retry(first.id(), null)).isInstanceOf(Retrying.Retried.class);

        assertThat(ended).extracting(Job::status).containsOnly(JobStatus.FAILED);
        assertThat(ended).hasSize(3);
    }

    private List<JobId> due() {
        List<JobId> due = new ArrayList<>();
        for (int shard = 0; shard < JobTable.CHECK_SHARDS; shard++) {
            for (JobId id : recovery.due(shard, 1000).ids()) {
                if (store.find(id)
                        .filter(job -> ended.stream().anyMatch(each -> each.id().equals(job.id())))
                        .isPresent()) {
                    due.add(id);
                }
            }
        }
        return due;
    }
}
