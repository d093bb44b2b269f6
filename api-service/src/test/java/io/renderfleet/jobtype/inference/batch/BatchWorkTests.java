package io.renderfleet.jobtype.inference.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.renderfleet.api.ApiTest;
import io.renderfleet.blob.ResultStore;
import io.renderfleet.job.JobControl;
import io.renderfleet.job.JobStore;
import io.renderfleet.job.Priority;
import io.renderfleet.job.UserId;
import io.renderfleet.jobtype.JobSubmitter;
import io.renderfleet.jobtype.inference.batch.Batch.Cancelled;
import io.renderfleet.jobtype.inference.fleet.FleetItems;
import io.renderfleet.jobtype.inference.image.ImageRules;
import io.renderfleet.jobtype.inference.input.InputReferences;
import io.renderfleet.jobtype.inference.input.MessageRules;
import io.renderfleet.jobtype.inference.settings.InferenceSettings;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemType;
import io.renderfleet.region.FleetSettings;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** What happens with a batch when an instance of the API is killed, or jobs are refused for a while. */
@ApiTest
class BatchWorkTests {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Duration LEASE = Duration.ofSeconds(2);
    private static final int JOBS = 40;

    private final UserId user = new UserId("user-" + UUID.randomUUID());

    @Autowired
    BatchLoop loop;

    @Autowired
    BatchStore store;

    @Autowired
    BatchFiles files;

    @Autowired
    DynamoDbClient client;

    @Autowired
    FleetSettings fleet;

    @Autowired
    InferenceSettings settings;

    @Autowired
    InputReferences images;

    @Autowired
    JobSubmitter submitter;

    @Autowired
    JobStore jobs;

    @Autowired
    JobControl control;

    @Autowired
    ResultStore results;

    @TempDir
    private Path directory;

    /** The instance under test is the only one. */
    @BeforeEach
    void stopTheInstanceOfTheContext() {
        loop.stop();
    }

    @AfterEach
    void startTheInstanceOfTheContext() {
        if (!loop.isRunning()) {
            loop.start();
        }
    }

    /** A batch with one task in each job, because the tasks have nothing in common and two do not fit. */
    private Batch accepted() throws IOException {
        Path file = directory.resolve("batch.jsonl");
        Files.writeString(
                file,
                IntStream.range(0, JOBS)
                        .mapToObj(i ->
                                BatchTests.line("id-" + i, Integer.toString(i).repeat(i < 10 ? 40_000 : 20_000)))
                        .collect(Collectors.joining()));
        Batch batch = intake().accept(user, Priority.LOW, null, file).batch();
        assertThat(batch.sizes()).hasSize(JOBS);
        return batch;
    }

    private BatchIntake intake() {
        return new BatchIntake(settings, new MessageRules(new ImageRules(settings.images())), images, store, files);
    }

    private BatchWork instance(DynamoDbClient table, JobSubmitter submits, Duration within) {
        BatchStore own = new BatchStore(new FleetItems(table, fleet.env()), Clock.systemUTC(), LEASE);
        return new BatchWork(
                own,
                new BatchSubmission(own, files, submits, settings::regionsOf),
                new BatchResults(own, files, jobs, results),
                jobs,
                control,
                within);
    }

    private Batch latest(Batch batch) {
        return store.find(batch.id()).orElseThrow();
    }

    private List<Integer> submitted(Batch batch) {
        return IntStream.range(0, JOBS)
                .filter(number -> jobs.find(batch.job(number)).isPresent())
                .boxed()
                .toList();
    }

    /** A client whose calls fail, as those of a process that was killed. */
    private DynamoDbClient until(AtomicBoolean killed) {
        return (DynamoDbClient) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {DynamoDbClient.class}, (_, method, arguments) -> {
                    if (killed.get()) {
                        throw SdkClientException.create("killed");
                    }
                    try {
                        return method.invoke(client, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Test
    void anotherInstanceContinuesABatchWhoseInstanceWasKilledBetweenTwoJobs() throws Exception {
        Batch batch = accepted();
        AtomicBoolean killed = new AtomicBoolean();
        AtomicInteger calls = new AtomicInteger();
        JobSubmitter untilKilled = request -> {
            if (calls.incrementAndGet() > 21) {
                killed.set(true);
            }
            if (killed.get()) {
                throw SdkClientException.create("killed");
            }
            return submitter.submit(request);
        };
        instance(until(killed), untilKilled, Duration.ofDays(1)).turn(batch.id(), () -> false);

        assertThat(submitted(batch)).hasSizeBetween(16, 21);
        assertThat(latest(batch).submitted()).isEqualTo(16);
        assertThat(latest(batch).endedAt()).isNull();

        // The lease of the killed instance expires first.
        loop.start();
        await().atMost(PATIENCE).until(() -> latest(batch).isSubmitted());
        assertThat(submitted(batch)).hasSize(JOBS);
        var _ = store.cancel(batch.id(), Cancelled.BY_USER);
        await().atMost(PATIENCE).until(() -> latest(batch).endedAt() != null);
        assertThat(latest(batch).counts()).isEqualTo(new Batch.Counts(JOBS, 0, JOBS));
    }

    @Test
    void anInstanceWhoseClaimWasStoredWithoutAResponseContinuesAtOnce() throws Exception {
        Batch batch = accepted();
        AtomicBoolean lost = new AtomicBoolean();
        DynamoDbClient losesOne = (DynamoDbClient) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {DynamoDbClient.class}, (_, method, arguments) -> {
                    try {
                        Object response = method.invoke(client, arguments);
                        if (method.getName().equals("updateItem") && lost.compareAndSet(false, true)) {
                            throw SdkClientException.create("no response");
                        }
                        return response;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
        BatchWork instance = instance(losesOne, submitter, Duration.ofDays(1));

        assertThatThrownBy(() -> instance.turn(batch.id(), () -> false)).isInstanceOf(SdkClientException.class);
        assertThat(latest(batch).busyUntil()).as("seen by others").isAfter(store.now());
        instance.turn(batch.id(), () -> false);

        assertThat(submitted(batch)).hasSize(JOBS);
    }

    @Test
    void noBatchWaitsForOthersThatHaveNothingToDo() throws Exception {
        Path file = Files.writeString(directory.resolve("one.jsonl"), BatchTests.lines(1));
        BatchIntake intake = intake();
        List<Batch> batches = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            batches.add(intake.accept(user, Priority.LOW, "key-" + i, file).batch());
        }

        loop.start();
        await().atMost(PATIENCE)
                .until(() -> batches.stream().allMatch(batch -> latest(batch).isSubmitted()));
        batches.forEach(batch -> store.cancel(batch.id(), Cancelled.BY_USER));
        await().atMost(PATIENCE)
                .until(() -> batches.stream().allMatch(batch -> latest(batch).endedAt() != null));
    }

    @Test
    void twoInstancesDoNotWorkOnABatchAtTheSameTime() throws Exception {
        Batch batch = accepted();
        Queue<String> seen = new ConcurrentLinkedQueue<>();
        JobSubmitter other = request -> {
            seen.add(request.idempotencyKey());
            return submitter.submit(request);
        };
        JobSubmitter first = request -> {
            instance(client, other, Duration.ofDays(1)).turn(batch.id(), () -> false);
            return submitter.submit(request);
        };
        instance(client, first, Duration.ofDays(1)).turn(batch.id(), () -> false);

        assertThat(seen).isEmpty();
        assertThat(submitted(batch)).hasSize(JOBS);
    }

    @Test
    void aJobThatIsRefusedForNowIsSubmittedLaterAndNoneIsSkipped() throws Exception {
        Batch batch = accepted();
        AtomicInteger refusals = new AtomicInteger();
        JobSubmitter busyAtFirst = request -> {
            if (request.idempotencyKey().endsWith(" 5") && refusals.getAndIncrement() < 2) {
                throw ProblemException.unavailable(ProblemType.RATE_LIMITED, "later", Duration.ofSeconds(1), null);
            }
            return submitter.submit(request);
        };
        BatchWork instance = instance(client, busyAtFirst, Duration.ofDays(1));

        instance.turn(batch.id(), () -> false);
        assertThat(latest(batch).submitted()).isEqualTo(5);
        assertThat(submitted(batch)).doesNotContain(5).hasSizeLessThanOrEqualTo(16);
        instance.turn(batch.id(), () -> false);
        assertThat(refusals).as("before the time of Retry-After").hasValue(1);

        await().atMost(PATIENCE).until(() -> {
            instance.turn(batch.id(), () -> false);
            return latest(batch).isSubmitted();
        });
        assertThat(refusals).hasValue(3);
        assertThat(submitted(batch)).hasSize(JOBS);
    }

    @Test
    void aJobThatIsRefusedForEverIsReportedAndTheOthersAreSubmitted() throws Exception {
        Batch batch = accepted();
        JobSubmitter refusing = request -> {
            if (request.idempotencyKey().endsWith(" 7")) {
                throw ProblemException.of(ProblemType.IDEMPOTENCY_CONFLICT, "no");
            }
            return submitter.submit(request);
        };
        instance(client, refusing, Duration.ofDays(1)).turn(batch.id(), () -> false);

        assertThat(latest(batch).isSubmitted()).isTrue();
        assertThat(latest(batch).counts()).isEqualTo(new Batch.Counts(JOBS, 0, 1));
        assertThat(submitted(batch)).doesNotContain(7).hasSize(JOBS - 1);
    }

    @Test
    void aBatchThatIsCancelledWhileItIsSubmittedStopsThere() throws Exception {
        Batch batch = accepted();
        JobSubmitter cancelledMeanwhile = request -> {
            if (request.idempotencyKey().endsWith(" 9")) {
                assertThat(store.cancel(batch.id(), Cancelled.BY_USER)).isEqualTo(BatchStore.Cancelling.REQUESTED);
            }
            return submitter.submit(request);
        };
        BatchWork instance = instance(client, cancelledMeanwhile, Duration.ofDays(1));
        await().atMost(PATIENCE).until(() -> {
            instance.turn(batch.id(), () -> false);
            return latest(batch).endedAt() != null;
        });

        assertThat(submitted(batch)).hasSize(16);
        assertThat(latest(batch).counts().failed()).isEqualTo(JOBS);
        assertThat(store.open()).doesNotContain(batch.id());
    }

    @Test
    void aBatchThatTakesTooLongExpires() throws Exception {
        Batch batch = accepted();
        BatchWork instance = instance(client, submitter, Duration.ZERO);
        await().atMost(PATIENCE).until(() -> {
            instance.turn(batch.id(), () -> false);
            return latest(batch).endedAt() != null;
        });

        assertThat(latest(batch).cancelled()).isEqualTo(Cancelled.EXPIRED);
        assertThat(BatchView.of(latest(batch)).status().text()).isEqualTo("expired");
        assertThat(submitted(batch)).isEmpty();
    }

    @Test
    void aBatchThatWasStoredAndNotOpenedIsOpenedByItsRepeat() throws Exception {
        Path file = Files.writeString(directory.resolve("one.jsonl"), BatchTests.lines(1));
        BatchIntake intake = intake();
        Batch batch = intake.accept(user, Priority.LOW, "key", file).batch();
        store.close(batch.id());

        assertThat(intake.accept(user, Priority.LOW, "key", file).replayed()).isTrue();
        assertThat(store.open()).contains(batch.id());
    }
}
