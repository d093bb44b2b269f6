package io.renderfleet.job;

import static io.renderfleet.testing.JobBuilder.aJob;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.resilience4j.retry.RetryRegistry;
import io.renderfleet.job.JobStore.ClaimOutcome;
import io.renderfleet.job.JobStore.HeartbeatOutcome;
import io.renderfleet.job.JobStore.RouteOutcome;
import io.renderfleet.job.JobStore.SubmitOutcome;
import io.renderfleet.region.RegionId;
import io.renderfleet.region.RetriedCalls;
import io.renderfleet.testing.MutableClock;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Writes that DynamoDB makes and does not answer in time, so that they are made a second time, as the services' clients
 * do it. Whoever wrote must learn that the write was made.
 */
class LostAnswersTests {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00.000Z");
    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final RegionId EAST = new RegionId("us-east-1");
    private static final WorkerId WORKER = new WorkerId("worker-a");
    private static final WorkerId OTHER = new WorkerId("worker-b");
    private static final JobError ERROR = new JobError("broken", "It is broken.");
    private static final JobResult RESULT = new JobResult(FileId.random(), "png", 1234, "image/png");
    private static LocalTables tables;

    private final MutableClock clock = new MutableClock(NOW);
    private final AtomicBoolean lost = new AtomicBoolean();
    private JobStore store;
    private JobStore losing;

    /** What others do between the write and its repeat. */
    private Runnable meanwhile = () -> {};

    @BeforeAll
    static void start() {
        tables = new LocalTables();
    }

    @AfterAll
    static void stop() {
        tables.close();
    }

    @BeforeEach
    void makeStores() {
        store = new JobStore(tables.database(clock));
        losing = new JobStore(LocalTables.database(losingItsFirstAnswer(), clock));
    }

    @AfterEach
    void anAnswerWasLost() {
        assertThat(lost).isTrue();
    }

    /** A client that makes its first write, and then fails as if no answer had come. */
    private DynamoDbClient losingItsFirstAnswer() {
        DynamoDbClient client = (DynamoDbClient) Proxy.newProxyInstance(
                DynamoDbClient.class.getClassLoader(),
                new Class<?>[] {DynamoDbClient.class},
                (_, method, arguments) -> {
                    Object answer;
                    try {
                        answer = method.invoke(tables.client(), arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                    boolean writes = !method.getName().equals("getItem");
                    if (writes && lost.compareAndSet(false, true)) {
                        meanwhile.run();
                        throw ApiCallTimeoutException.create(3000);
                    }
                    return answer;
                });
        return RetriedCalls.of(DynamoDbClient.class, client, RetryRegistry.ofDefaults(), "dynamodb");
    }

    private JobId routed() {
        NewJob job = aJob().build();
        assertThat(store.submit(job)).isInstanceOf(SubmitOutcome.Stored.class);
        assertThat(store.route(job.id(), 0, EAST)).isEqualTo(new RouteOutcome.Routed(1));
        return job.id();
    }

    private static Job claimed(ClaimOutcome outcome) {
        assertThat(outcome).isInstanceOf(ClaimOutcome.Claimed.class);
        return ((ClaimOutcome.Claimed) outcome).job();
    }

    private Job claimed(JobId id) {
        return claimed(store.claim(id, 1, EAST, WORKER, LEASE));
    }

    private Job stored(JobId id) {
        return store.find(id).orElseThrow();
    }

    @Test
    void aClaimThatIsRepeatedGetsTheJobAtTheSameAttempt() {
        JobId id = routed();
        Job job = claimed(losing.claim(id, 1, EAST, WORKER, LEASE));
        assertThat(job.attempt()).isEqualTo(1);
        assertThat(job).isEqualTo(stored(id));
        assertThat(store.complete(job, RESULT, List.of())).isTrue();
    }

    @Test
    void aTakeOverThatIsRepeatedGetsTheJobAtTheSameAttempt() {
        JobId id = routed();
        claimed(id);
        clock.advance(LEASE.plusSeconds(1));
        // The first write of this claim is refused, with an answer; the one that takes the job over loses its own.
        Job job = claimed(losing.claim(id, 1, EAST, OTHER, LEASE));
        assertThat(job.attempt()).isEqualTo(2);
        assertThat(job.attempts()).hasSize(1);
    }

    @Test
    void aJobOfAnOrderingKeyThatIsClaimedTwiceDoesNotBlockItsKey() {
        String key = "key-" + JobId.random();
        NewJob first = aJob().orderingKey(key).build();
        NewJob second = aJob().orderingKey(key).build();
        for (NewJob job : new NewJob[] {first, second}) {
            assertThat(store.submit(job)).isInstanceOf(SubmitOutcome.Stored.class);
            assertThat(store.route(job.id(), 0, EAST)).isEqualTo(new RouteOutcome.Routed(1));
        }
        Job job = claimed(losing.claim(first.id(), 1, EAST, WORKER, LEASE));
        assertThat(store.complete(job, RESULT, List.of())).isTrue();
        claimed(second.id());
    }

    @Test
    void aHeartbeatThatIsRepeatedRenewsTheLease() {
        Job job = claimed(routed());
        assertThat(losing.heartbeat(job, LEASE, 50, List.of())).isEqualTo(HeartbeatOutcome.RENEWED);
    }

    @Test
    void aCompletionThatIsRepeatedSucceeds() {
        Job job = claimed(routed());
        assertThat(losing.complete(job, RESULT, List.of())).isTrue();
        assertThat(stored(job.id()).status()).isEqualTo(JobStatus.COMPLETED);
        assertThat(stored(job.id()).attempts()).hasSize(1);
        clock.advance(Duration.ofSeconds(5));
        assertThat(store.complete(job, RESULT, List.of())).isTrue();
        assertThat(store.fail(job, Attempt.Outcome.ERRORED, ERROR, List.of())).isFalse();
    }

    @Test
    void aFailureThatIsRepeatedSucceedsAndIsChargedOnce() {
        Job job = claimed(routed());
        assertThat(losing.fail(job, Attempt.Outcome.ERRORED, ERROR, List.of())).isTrue();
        assertThat(stored(job.id()).chargedAttempts()).isEqualTo(1);
        assertThat(stored(job.id()).attempts()).hasSize(1);
    }

    @Test
    void aHandBackThatIsRepeatedSucceedsAlsoWhenAnotherWorkerHasTheJobByThen() {
        Job job = claimed(routed());
        assertThat(losing.release(job, Attempt.Outcome.ERRORED, ERROR, List.of()))
                .isTrue();
        assertThat(stored(job.id()).chargedAttempts()).isEqualTo(1);
        Job next = claimed(store.claim(job.id(), 1, EAST, OTHER, LEASE));
        assertThat(store.release(job, Attempt.Outcome.ERRORED, ERROR, List.of()))
                .isTrue();
        assertThat(stored(job.id()).lease()).isEqualTo(next.lease());
    }

    @Test
    void aRepeatedHandBackIsRecognizedInAnItemThatANewerVersionHasWrittenSince() {
        Job job = claimed(routed());
        assertThat(losing.release(job, Attempt.Outcome.INTERRUPTED, ERROR, List.of()))
                .isTrue();
        Map<String, AttributeValue> newer = new HashMap<>(item(job.id()));
        newer.put(JobItem.STATUS, AttributeValue.fromS("STATUS_OF_A_NEWER_VERSION"));
        put(newer);

        assertThat(store.release(job, Attempt.Outcome.INTERRUPTED, ERROR, List.of()))
                .isTrue();
        assertThat(store.complete(job, RESULT, List.of())).isFalse();
    }

    @Test
    void aRepeatedClaimIsRefusedWhenAnotherWorkerHasTakenTheJobOverInBetween() {
        JobId id = routed();
        meanwhile = () -> {
            clock.advance(LEASE.plusSeconds(1));
            assertThat(claimed(store.claim(id, 1, EAST, OTHER, LEASE)).attempt())
                    .isEqualTo(2);
        };
        assertThat(losing.claim(id, 1, EAST, WORKER, LEASE)).isInstanceOf(ClaimOutcome.LeaseLive.class);
    }

    @Test
    void aRepeatedClaimIsRefusedWhenAWorkerOfAnOlderVersionHasTakenTheJobOverInBetween() {
        JobId id = routed();
        meanwhile = () -> {
            Map<String, AttributeValue> takenOver = new HashMap<>(item(id));
            takenOver.put(JobItem.LEASE_OWNER, AttributeValue.fromS(OTHER.value()));
            takenOver.put(JobItem.ATTEMPT, JobItem.number(2));
            put(takenOver);
        };
        assertThat(losing.claim(id, 1, EAST, WORKER, LEASE)).isInstanceOf(ClaimOutcome.LeaseLive.class);
    }

    private void put(Map<String, AttributeValue> item) {
        tables.client()
                .putItem(put -> put.tableName(tables.database(clock).table()).item(item));
    }

    @Test
    void aCancellationThatIsRepeatedSucceeds() {
        Job job = claimed(routed());
        assertThat(losing.cancelled(job, List.of())).isTrue();
    }

    @Test
    void aSubmissionThatIsRepeatedFindsItself() {
        NewJob job = aJob().build();
        assertThat(losing.submit(job)).isInstanceOfAny(SubmitOutcome.Stored.class, SubmitOutcome.Replayed.class);
        assertThat(stored(job.id()).createdAt()).isEqualTo(job.createdAt());
    }

    @Test
    void aSubmissionWithAnOrderingKeyThatIsRepeatedTakesOnePlace() {
        NewJob job = aJob().orderingKey("key-" + JobId.random()).build();
        assertThat(losing.submit(job)).isInstanceOfAny(SubmitOutcome.Stored.class, SubmitOutcome.Replayed.class);
        assertThat(stored(job.id()).sequence()).isEqualTo(1);
    }

    @Test
    void theTokenOfAClaimIsGoneWithItsLease() {
        Job job = claimed(losing.claim(routed(), 1, EAST, WORKER, LEASE));
        assertThat(item(job.id())).containsKey(JobItem.CLAIM_TOKEN);
        assertThat(store.complete(job, RESULT, List.of())).isTrue();
        assertThat(item(job.id())).doesNotContainKey(JobItem.CLAIM_TOKEN);
    }

    private Map<String, AttributeValue> item(JobId id) {
        return tables.database(clock).item(id).orElseThrow();
    }
}
