package io.renderfleet.worker.execution;

import static io.renderfleet.testing.JobBuilder.aJob;
import static io.renderfleet.worker.execution.TestWorker.LEASE;
import static io.renderfleet.worker.execution.TestWorker.REGION;
import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.blob.StoredFile;
import io.renderfleet.job.Attempt;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobError;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobStatus;
import io.renderfleet.job.JobStore;
import io.renderfleet.job.JobStore.ClaimOutcome;
import io.renderfleet.job.WorkerId;
import io.renderfleet.jobtype.AttemptException.JobRejectedException;
import io.renderfleet.jobtype.AttemptException.UnreadablePayloadException;
import io.renderfleet.queue.JobQueue;
import io.renderfleet.queue.JobQueue.Delivery;
import io.renderfleet.queue.JobQueue.QueueDepth;
import io.renderfleet.queue.Lane;
import io.renderfleet.testing.MutableClock;
import io.renderfleet.worker.LocalFleet;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;

/** How one message ends, on real queues, a real table and a real store of results. */
@ExtendWith(LocalFleet.Extension.class)
class JobExecutionTests {
    private static final QueueDepth EMPTY = new QueueDepth(0, 0, 0);
    private static final QueueDepth HIDDEN = new QueueDepth(0, 1, 0);

    private final LocalFleet fleet;
    private final MutableClock clock = new MutableClock(Instant.parse("2030-01-01T00:00:00.000Z"));
    private final ScriptedRunner runner = new ScriptedRunner();
    private final JobQueue queue;
    private final TestWorker worker;

    JobExecutionTests(LocalFleet fleet) throws Exception {
        this.fleet = fleet;
        this.queue = fleet.emptyQueue(REGION, Lane.NORMAL);
        this.worker = worker("worker-a");
    }

    private TestWorker worker(String name) {
        return new TestWorker(name, fleet, queue, runner, clock);
    }

    private Attempt onlyAttempt(JobId id) {
        assertThat(worker.job(id).attempts()).hasSize(1);
        return worker.job(id).attempts().getFirst();
    }

    private String content(String bucket, String key) {
        return fleet.s3(REGION)
                .getObjectAsBytes(request -> request.bucket(bucket).key(key))
                .asString(StandardCharsets.UTF_8);
    }

    @Test
    void completesAJobAndDeletesItsMessage() throws Exception {
        runner.does(run -> ScriptedRunner.output("a picture"));
        JobId id = worker.submit();
        worker.executeNext();

        Job job = worker.job(id);
        assertThat(job.status()).isEqualTo(JobStatus.COMPLETED);
        assertThat(job.result()).isNotNull().satisfies(result -> {
            StoredFile file = fleet.results().locate(job);
            assertThat(file.key()).isEqualTo("results/" + id + "/1/" + result.id() + ".png");
            assertThat(file.region()).isEqualTo(REGION);
            assertThat(result.contentType()).isEqualTo("image/png");
            var stored = fleet.s3(REGION)
                    .getObjectAsBytes(request -> request.bucket(file.bucket()).key(file.key()));
            assertThat(stored.asString(StandardCharsets.UTF_8)).isEqualTo("a picture");
            assertThat(stored.response().contentType()).isEqualTo("image/png");
        });
        assertThat(onlyAttempt(id).outcome()).isEqualTo(Attempt.Outcome.SUCCEEDED);
        assertThat(queue.depth()).isEqualTo(EMPTY);
        assertThat(worker.counted("renderfleet.worker.attempts", "succeeded")).isEqualTo(1);
    }

    @Test
    void measuresHowLongAJobWaitedForItsFirstAttempt() throws Exception {
        runner.does(run -> {
            throw new IOException("the disk is full");
        });
        JobId id = worker.submit(aJob().createdAt(clock.instant().minusSeconds(90)));
        worker.executeNext();
        worker.executeNext();

        assertThat(worker.job(id).attempts()).hasSize(2);
        assertThat(worker.waited().count()).isEqualTo(1);
        assertThat(worker.waited().totalTime(TimeUnit.SECONDS)).isEqualTo(90);
    }

    @Test
    void failsAJobThatCanNeverSucceed() throws Exception {
        JobError error = new JobError("bad-scene", "The scene has no triangles.");
        runner.does(run -> {
            throw new JobRejectedException(error, new IllegalArgumentException());
        });
        JobId id = worker.submit();
        worker.executeNext();

        Job job = worker.job(id);
        assertThat(job.status()).isEqualTo(JobStatus.FAILED);
        assertThat(job.error()).isEqualTo(error);
        assertThat(onlyAttempt(id).outcome()).isEqualTo(Attempt.Outcome.REJECTED);
        assertThat(queue.depth()).isEqualTo(EMPTY);
    }

    @Test
    void leavesAJobThatItCannotReadToANewerWorkerAtNoCharge() throws Exception {
        runner.does(run -> {
            throw new UnreadablePayloadException("its payload has version 2");
        });
        JobId id = worker.submit();
        worker.executeNext();

        Job job = worker.job(id);
        assertThat(job.status()).isEqualTo(JobStatus.PENDING);
        assertThat(job.chargedAttempts()).isZero();
        assertThat(onlyAttempt(id).error())
                .isNotNull()
                .extracting(JobError::code)
                .isEqualTo("not-understood");
        assertThat(queue.depth()).isEqualTo(HIDDEN);
    }

    @Test
    void failsAJobThatNoWorkerCouldReadForLong() throws Exception {
        runner.does(run -> {
            throw new UnreadablePayloadException("its payload has version 2");
        });
        JobId id = worker.submit();
        worker.executeNext();
        // As other workers would, without the waits between them.
        Attempt first = onlyAttempt(id);
        JobStore store = fleet.jobs(clock);
        for (int attempt = 2; attempt < 20; attempt++) {
            var claim =
                    (ClaimOutcome.Claimed) store.claim(id, 1, REGION, new WorkerId("older"), Duration.ofSeconds(30));
            store.release(claim.job(), first.outcome(), Objects.requireNonNull(first.error()), List.of());
        }
        assertThat(worker.job(id).status()).isEqualTo(JobStatus.PENDING);
        worker.executeNext();

        Job job = worker.job(id);
        assertThat(job.attempts()).hasSize(20);
        assertThat(job.status()).isEqualTo(JobStatus.FAILED);
        assertThat(job.error())
                .isNotNull()
                .extracting(JobError::message)
                .asString()
                .contains("Update the workers");
        assertThat(queue.depth()).isEqualTo(EMPTY);
    }

    @Test
    void leavesAJobOfATypeThatItDoesNotRunToAnotherWorker() throws Exception {
        JobId id = worker.submit(aJob().type("juggle", "render"));
        worker.executeNext();

        assertThat(worker.job(id).status()).isEqualTo(JobStatus.PENDING);
        assertThat(worker.job(id).chargedAttempts()).isZero();
    }

    @Test
    void handsAJobThatMaySucceedLaterBackAfterADelay() throws Exception {
        runner.does(run -> {
            throw new IOException("the disk is full");
        });
        JobId id = worker.submit();
        worker.executeNext();

        Job job = worker.job(id);
        assertThat(job.status()).isEqualTo(JobStatus.PENDING);
        assertThat(job.chargedAttempts()).isEqualTo(1);
        assertThat(job.lease()).isNull();
        assertThat(onlyAttempt(id).outcome()).isEqualTo(Attempt.Outcome.ERRORED);
        assertThat(onlyAttempt(id).error())
                .isNotNull()
                .extracting(JobError::code)
                .isEqualTo("internal-error");
        assertThat(queue.depth()).isEqualTo(HIDDEN);

        runner.does(run -> ScriptedRunner.output("better"));
        worker.executeNext();
        assertThat(worker.job(id).status()).isEqualTo(JobStatus.COMPLETED);
        assertThat(fleet.results().locate(worker.job(id)).key()).startsWith("results/" + id + "/2/");
    }

    @Test
    void neverShowsUsersTheMessageOfAnException() throws Exception {
        runner.does(run -> {
            throw new IOException("/srv/secret/path");
        });
        JobId id = worker.submit();
        worker.executeNext();
        assertThat(onlyAttempt(id).error())
                .isNotNull()
                .extracting(JobError::message)
                .asString()
                .doesNotContain("secret");
    }

    @Test
    void failsAJobWhoseAttemptsAreUsedUpWithTheLastError() throws Exception {
        runner.does(run -> {
            throw new IOException("the disk is full");
        });
        JobId id = worker.submit(aJob().maxAttempts(2));
        worker.executeNext();
        worker.executeNext();

        Job job = worker.job(id);
        assertThat(job.status()).isEqualTo(JobStatus.FAILED);
        assertThat(job.error()).isNotNull().extracting(JobError::code).isEqualTo("internal-error");
        assertThat(job.chargedAttempts()).isEqualTo(2);
        assertThat(job.attempts())
                .extracting(Attempt::outcome)
                .containsExactly(Attempt.Outcome.ERRORED, Attempt.Outcome.ERRORED);
        assertThat(queue.depth()).isEqualTo(EMPTY);
    }

    @Test
    void triesAJobThatFillsTheHeapTwice() throws Exception {
        runner.does(run -> {
            throw new OutOfMemoryError("too large a scene");
        });
        JobId id = worker.submit(aJob().maxAttempts(5));
        worker.executeNext();
        assertThat(worker.job(id).status()).isEqualTo(JobStatus.PENDING);
        worker.executeNext();

        Job job = worker.job(id);
        assertThat(job.status()).isEqualTo(JobStatus.FAILED);
        assertThat(job.chargedAttempts()).isEqualTo(2);
        assertThat(job.error()).isNotNull().extracting(JobError::code).isEqualTo("out-of-memory");
        assertThat(queue.depth()).isEqualTo(EMPTY);
    }

    @Test
    void chargesAJobThatBreaksItsThreadWithAnError() throws Exception {
        runner.does(run -> {
            throw new StackOverflowError("too deep a scene");
        });
        JobId id = worker.submit(aJob().maxAttempts(2));
        worker.executeNext();
        runner.does(run -> {
            throw new NoClassDefFoundError("a library is missing");
        });
        worker.executeNext();
        assertThat(worker.job(id).status()).isEqualTo(JobStatus.FAILED);
        assertThat(queue.depth()).isEqualTo(EMPTY);
    }

    @Test
    void deletesTheMessageOfAJobThatIsOver() throws Exception {
        JobId id = worker.submit();
        worker.executeNext();
        worker.send(TestWorker.message(id, 1));
        worker.executeNext();
        assertThat(runner.runs()).isEqualTo(1);
        assertThat(queue.depth()).isEqualTo(EMPTY);
        assertThat(worker.counted("renderfleet.worker.claims", "terminal")).isEqualTo(1);
    }

    @Test
    void deletesTheMessageOfAJobThatWasSentElsewhere() throws Exception {
        JobId id = worker.submitUnsent(aJob()).jobId();
        worker.send(TestWorker.message(id, 0));
        worker.executeNext();
        assertThat(runner.runs()).isZero();
        assertThat(worker.job(id).status()).isEqualTo(JobStatus.PENDING);
        assertThat(queue.depth()).isEqualTo(EMPTY);
        assertThat(worker.counted("renderfleet.worker.claims", "superseded")).isEqualTo(1);
    }

    @Test
    void leavesAMessageWhoseRouteIsAheadOfTheJob() throws Exception {
        JobId id = worker.submitUnsent(aJob()).jobId();
        worker.send(TestWorker.message(id, 7));
        worker.executeNext();
        assertThat(runner.runs()).isZero();
        assertThat(queue.depth()).isEqualTo(HIDDEN);
    }

    @Test
    void leavesAMessageOfAnUnknownJob() throws Exception {
        worker.send(TestWorker.message(JobId.random(), 1));
        worker.executeNext();
        assertThat(runner.runs()).isZero();
        assertThat(queue.depth()).isEqualTo(HIDDEN);
        assertThat(worker.counted("renderfleet.worker.claims", "unknown")).isEqualTo(1);
    }

    @Test
    void hidesTheMessageOfAJobThatAnotherWorkerHolds() throws Exception {
        JobId id = worker.submit();
        fleet.jobs(clock).claim(id, 1, REGION, new WorkerId("worker-b"), LEASE);
        worker.executeNext();
        assertThat(runner.runs()).isZero();
        assertThat(worker.job(id).attempt()).isEqualTo(1);
        assertThat(queue.depth()).isEqualTo(HIDDEN);
    }

    @Test
    void runsAJobOfWhichTwoMessagesAreAboutOnce() throws Exception {
        JobId id = worker.submit();
        worker.send(TestWorker.message(id, 1));
        Delivery first = worker.receive();
        Delivery second = worker.receive();
        TestWorker other = worker("worker-b");
        runner.does(run -> {
            // The other worker's turn comes while this one is in the middle of its work.
            other.execute(second);
            return ScriptedRunner.output("once");
        });
        worker.execute(first);

        assertThat(runner.runs()).isEqualTo(1);
        assertThat(worker.job(id).status()).isEqualTo(JobStatus.COMPLETED);
        assertThat(onlyAttempt(id).worker().value()).isEqualTo("worker-a");
        assertThat(queue.depth()).isEqualTo(HIDDEN);
        assertThat(other.counted("renderfleet.worker.claims", "lease-live")).isEqualTo(1);
    }

    @Test
    void aWorkerThatWasTakenOverDoesNotOverwriteTheNewerResult() throws Exception {
        JobId id = worker.submit();
        Delivery first = worker.receive();
        worker.send(TestWorker.message(id, 1));
        Delivery second = worker.receive();
        TestWorker other = worker("worker-b");
        runner.does(run -> {
            clock.advance(LEASE.plusSeconds(1));
            runner.does(again -> ScriptedRunner.output("newer"));
            other.execute(second);
            return ScriptedRunner.output("older");
        });
        worker.execute(first);

        Job job = worker.job(id);
        assertThat(job.status()).isEqualTo(JobStatus.COMPLETED);
        assertThat(job.attempts())
                .extracting(Attempt::outcome)
                .containsExactly(Attempt.Outcome.INTERRUPTED, Attempt.Outcome.SUCCEEDED);
        StoredFile file = fleet.results().locate(job);
        assertThat(file.key()).startsWith("results/" + id + "/2/");
        assertThat(content(file.bucket(), file.key())).isEqualTo("newer");
        // The older attempt's upload came last, and is beside the one that counts.
        String older = fleet.s3(REGION)
                .listObjectsV2(request -> request.bucket(file.bucket()).prefix("results/" + id + "/1/"))
                .contents()
                .getFirst()
                .key();
        assertThat(content(file.bucket(), older)).isEqualTo("older");
        assertThat(job.chargedAttempts()).isZero();
        assertThat(worker.counted("renderfleet.worker.attempts", "discarded")).isEqualTo(1);
        assertThat(queue.depth()).isEqualTo(HIDDEN);
    }

    @Test
    void putsBackTheMessageAndAsksForAPauseWhenTheJobsTableDoesNotAnswer() throws Exception {
        JobId id = worker.submit();
        try (var closed = fleet.unreachableDynamoDb()) {
            var store = fleet.jobs(closed, clock);
            TestWorker cutOff = new TestWorker("worker-c", fleet, store, queue, runner, clock);
            Delivery delivery = cutOff.receive();
            // Its receipts are nearly used up: a copy of it takes its place.
            Delivery worn = new Delivery(delivery.message(), delivery.receiptHandle(), 7);
            assertThat(cutOff.execution().execute(queue, worn)).isPositive();
            cutOff.execution().awaitAcknowledgements(Duration.ofSeconds(5));
            assertThat(cutOff.counted("renderfleet.worker.claims", "failed")).isEqualTo(1);
        }
        assertThat(runner.runs()).isZero();
        assertThat(queue.depth()).isEqualTo(new QueueDepth(0, 0, 1));
        Delivery copy = worker.receive();
        assertThat(copy.receiveCount()).isEqualTo(1);
        worker.execute(copy);
        assertThat(worker.job(id).status()).isEqualTo(JobStatus.COMPLETED);
    }

    @Test
    void putsOffAJobThatANewerVersionWroteAndLeavesItAsItIs() throws Exception {
        JobId id = worker.submit();
        String priority = fleet.replace(id, "priority", "SOMETIME");
        Delivery delivery = worker.receive();
        assertThat(worker.execution().execute(queue, delivery)).isZero();
        worker.execution().awaitAcknowledgements(Duration.ofSeconds(5));
        assertThat(worker.counted("renderfleet.worker.claims", "unreadable")).isEqualTo(1);
        assertThat(runner.runs()).isZero();
        assertThat(queue.depth()).isEqualTo(HIDDEN);

        fleet.replace(id, "priority", priority);
        Job job = worker.job(id);
        assertThat(job.status()).isEqualTo(JobStatus.PENDING);
        assertThat(job.attempt()).isZero();
        assertThat(job.lease()).isNull();
        worker.executeNext();
        assertThat(worker.job(id).status()).isEqualTo(JobStatus.COMPLETED);
        assertThat(onlyAttempt(id).number()).isEqualTo(1);
    }

    @Test
    void putsOffAThrottledJobAtNoCharge() throws Exception {
        runner.does(run -> {
            throw DynamoDbException.builder()
                    .statusCode(400)
                    .awsErrorDetails(AwsErrorDetails.builder()
                            .errorCode("ThrottlingException")
                            .build())
                    .build();
        });
        JobId id = worker.submit(aJob().maxAttempts(1));
        worker.executeNext();
        Job job = worker.job(id);
        assertThat(job.status()).isEqualTo(JobStatus.PENDING);
        assertThat(job.chargedAttempts()).isZero();
        assertThat(onlyAttempt(id).outcome()).isEqualTo(Attempt.Outcome.INTERRUPTED);
        assertThat(onlyAttempt(id).error())
                .isNotNull()
                .extracting(JobError::code)
                .isEqualTo("throttled");
        assertThat(queue.depth()).isEqualTo(HIDDEN);
    }

    @Test
    void throttledAttemptsAreKnownByTheirCodeWhateverTheirText() {
        JobStore store = fleet.jobs(clock);
        JobId id = worker.submitUnsent(aJob()).jobId();
        for (String text : List.of("AWS asked for fewer calls.", "Zu viele Aufrufe.", "Throttled by DynamoDB.")) {
            Job claimed = ((ClaimOutcome.Claimed)
                            store.claim(id, 1, REGION, new WorkerId("worker-b"), TestWorker.LEASE))
                    .job();
            store.release(claimed, Attempt.Outcome.INTERRUPTED, new JobError("throttled", text), List.of());
        }
        assertThat(Attempts.timesInARow(worker.job(id), Attempts.THROTTLED)).isEqualTo(3);
    }

    @Test
    void aFailedAttemptUsesUpNoReceipts() throws Exception {
        runner.does(run -> {
            throw new IOException("the disk is full");
        });
        worker.submit();
        Delivery delivery = worker.receive();
        worker.execute(new Delivery(delivery.message(), delivery.receiptHandle(), 7));
        assertThat(queue.depth()).isEqualTo(new QueueDepth(0, 0, 1));
        assertThat(worker.receive().receiveCount()).isEqualTo(1);
    }

    @Test
    void aResultThatCannotBeCommittedGoesBackOnceTheLeaseIsOver() throws Exception {
        JobId id = worker.submit();
        try (var breaking = fleet.anotherDynamoDb()) {
            TestWorker cutOff = new TestWorker("worker-c", fleet, fleet.jobs(breaking, clock), queue, runner, clock);
            Runnable outage = breaking::close;
            runner.does(run -> {
                outage.run();
                return ScriptedRunner.output("lost");
            });
            cutOff.executeNext();
            assertThat(cutOff.counted("renderfleet.worker.attempts", "unsettled"))
                    .isEqualTo(1);
        }
        assertThat(worker.job(id).status()).isEqualTo(JobStatus.PROCESSING);
        assertThat(worker.job(id).chargedAttempts()).isZero();
        assertThat(queue.depth()).isEqualTo(HIDDEN);
    }

    @Test
    void spendsNothingOnACancelledJobThatItClaims() throws Exception {
        JobId id = worker.submit();
        fleet.requestCancel(id);
        worker.executeNext();
        assertThat(runner.runs()).isZero();
        assertThat(worker.job(id).status()).isEqualTo(JobStatus.CANCELLED);
        assertThat(queue.depth()).isEqualTo(EMPTY);
    }

    @Test
    void claimsNothingAfterItWasToldToStop() throws Exception {
        JobId id = worker.submit();
        Delivery delivery = worker.receive();
        worker.execution().interruptAll();
        worker.execute(delivery);
        assertThat(runner.runs()).isZero();
        assertThat(worker.job(id).status()).isEqualTo(JobStatus.PENDING);
        assertThat(worker.job(id).attempt()).isZero();
        assertThat(queue.depth()).isEqualTo(new QueueDepth(1, 0, 0));
    }
}
