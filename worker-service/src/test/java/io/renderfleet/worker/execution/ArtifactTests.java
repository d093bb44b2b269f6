package io.renderfleet.worker.execution;

import static io.renderfleet.testing.JobBuilder.aJob;
import static io.renderfleet.worker.execution.TestWorker.REGION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.renderfleet.blob.StoredFile;
import io.renderfleet.blob.UploadStream;
import io.renderfleet.job.Artifact;
import io.renderfleet.job.ArtifactName;
import io.renderfleet.job.FileId;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobError;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobStatus;
import io.renderfleet.job.JobStore;
import io.renderfleet.jobtype.AttemptException.JobRejectedException;
import io.renderfleet.jobtype.AttemptException.StoppedException;
import io.renderfleet.jobtype.JobAttempt;
import io.renderfleet.jobtype.JobRunner.JobOutput;
import io.renderfleet.queue.JobQueue;
import io.renderfleet.queue.Lane;
import io.renderfleet.testing.JobBuilder;
import io.renderfleet.testing.MutableClock;
import io.renderfleet.worker.LocalFleet;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.Part;

/** What attempts upload beside their results, and what becomes of attempts that write too much. */
@ExtendWith(LocalFleet.Extension.class)
class ArtifactTests {
    /** Longer than the deadline of the jobs, and short enough that a runner is left behind after 4 seconds. */
    private static final Duration LEASE = Duration.ofSeconds(12);

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final ArtifactName LOG = new ArtifactName("log.txt");
    private static final String TEXT = "text/plain;charset=utf-8";
    private static final int MEBIBYTE = 1 << 20;

    private final LocalFleet fleet;
    private final MutableClock clock = new MutableClock(Instant.parse("2030-01-01T00:00:00.000Z"));
    private final ScriptedRunner runner = new ScriptedRunner();
    private final TestWorker worker;
    private final CountDownLatch started = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);

    ArtifactTests(LocalFleet fleet) throws Exception {
        this.fleet = fleet;
        JobQueue queue = fleet.emptyQueue(REGION, Lane.NORMAL);
        this.worker = new TestWorker("worker-a", fleet, fleet.jobs(clock), queue, runner, clock, LEASE);
    }

    private static void storeText(JobAttempt attempt, ArtifactName name, String text) throws IOException {
        storeText(attempt, TEXT, name, text);
    }

    private static void storeText(JobAttempt attempt, String contentType, ArtifactName name, String text)
            throws IOException {
        Path file = attempt.scratch().resolve(name.value());
        attempt.storeArtifact(name, contentType, Files.writeString(file, text));
    }

    private byte[] content(JobId id, Artifact artifact) {
        StoredFile file = fleet.results().locate(worker.job(id), artifact);
        return fleet.s3(REGION)
                .getObjectAsBytes(request -> request.bucket(file.bucket()).key(file.key()))
                .asByteArray();
    }

    private String text(JobId id, Artifact artifact) {
        return new String(content(id, artifact), StandardCharsets.UTF_8);
    }

    private List<String> objects(JobId id) {
        return fleet
                .s3(REGION)
                .listObjectsV2(request ->
                        request.bucket("renderfleet-local-results-" + REGION).prefix("results/" + id + "/"))
                .contents()
                .stream()
                .map(object -> object.key().substring(object.key().lastIndexOf('/') + 1))
                .toList();
    }

    private List<MultipartUpload> unfinished(JobId id) {
        return fleet
                .s3(REGION)
                .listMultipartUploads(request -> request.bucket("renderfleet-local-results-" + REGION))
                .uploads()
                .stream()
                .filter(upload -> upload.key().contains(id.toString()))
                .toList();
    }

    /** In the parts of the only upload of a job that is not finished. */
    private long uploadedBytes(JobId id) {
        MultipartUpload upload = unfinished(id).getFirst();
        return fleet
                .s3(REGION)
                .listParts(request -> request.bucket("renderfleet-local-results-" + REGION)
                        .key(upload.key())
                        .uploadId(upload.uploadId()))
                .parts()
                .stream()
                .mapToLong(Part::size)
                .sum();
    }

    private void assertFailed(JobId id, String code, String setting) {
        Job job = worker.job(id);
        assertThat(job.status()).isEqualTo(JobStatus.FAILED);
        assertThat(job.chargedAttempts()).isEqualTo(1);
        assertThat(job.error()).isNotNull().satisfies(error -> {
            assertThat(error.code()).isEqualTo(code);
            assertThat(error.message()).contains(setting).contains("Request less work");
        });
    }

    private CompletableFuture<Void> begin() throws Exception {
        CompletableFuture<Void> over = worker.receiveAndExecute();
        assertThat(started.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        return over;
    }

    @Test
    void keepsAFileAndAStreamBesideTheResult() throws Exception {
        JobId id = worker.submit();
        runner.does(attempt -> {
            storeText(attempt, LOG, "all went well");
            try (OutputStream out = attempt.openArtifact(new ArtifactName("data.csv"), "text/csv")) {
                out.write("a,b".getBytes(StandardCharsets.UTF_8));
                out.write('\n');
            }
            return ScriptedRunner.output("done");
        });
        worker.executeNext();

        Job job = worker.job(id);
        assertThat(job.status()).isEqualTo(JobStatus.COMPLETED);
        assertThat(job.artifacts())
                .usingRecursiveFieldByFieldElementComparatorIgnoringFields("id")
                .containsExactly(
                        new Artifact(new ArtifactName("data.csv"), 1, FileId.random(), REGION, 4, "text/csv"),
                        new Artifact(LOG, 1, FileId.random(), REGION, 13, TEXT));
        assertThat(text(id, job.artifacts().get(0))).isEqualTo("a,b\n");
        assertThat(text(id, job.artifacts().get(1))).isEqualTo("all went well");
    }

    @Test
    void writesToTheJobStoreNoMoreOftenThanForAJobWithoutArtifacts() throws Exception {
        Queue<String> calls = new ConcurrentLinkedQueue<>();
        JobStore counted = fleet.jobs(counting(fleet.anotherDynamoDb(), calls), clock);
        TestWorker other =
                new TestWorker("worker-b", fleet, counted, fleet.emptyQueue(REGION, Lane.NORMAL), runner, clock, LEASE);
        JobId id = other.submit();
        calls.clear();
        runner.does(attempt -> {
            storeText(attempt, LOG, "all went well");
            storeText(attempt, new ArtifactName("preview"), "fine");
            return ScriptedRunner.output("done");
        });
        other.executeNext();

        // The claim and the end.
        assertThat(calls).containsExactly("updateItem", "updateItem");
        assertThat(other.job(id).artifacts()).hasSize(2);
    }

    private static DynamoDbClient counting(DynamoDbClient client, Queue<String> calls) {
        return (DynamoDbClient) Proxy.newProxyInstance(
                ArtifactTests.class.getClassLoader(), new Class<?>[] {DynamoDbClient.class}, (_, method, arguments) -> {
                    calls.add(method.getName());
                    return method.invoke(client, arguments);
                });
    }

    @Test
    void showsTheLastOfSeveralPreviewsAndChangesNoneOfThem() throws Exception {
        JobId id = worker.submit();
        ArtifactName preview = new ArtifactName("preview");
        runner.does(attempt -> {
            storeText(attempt, preview, "coarse");
            storeText(attempt, preview, "fine");
            return ScriptedRunner.output("done");
        });
        worker.executeNext();

        assertThat(worker.job(id).artifacts())
                .singleElement()
                .satisfies(artifact -> assertThat(text(id, artifact)).isEqualTo("fine"));
        assertThat(objects(id)).filteredOn("preview"::equals).hasSize(2);
    }

    @Test
    void showsAPreviewWhileTheJobRuns() throws Exception {
        JobId id = worker.submit();
        ArtifactName preview = new ArtifactName("preview");
        runner.does(attempt -> {
            storeText(attempt, preview, "coarse");
            started.countDown();
            release.await();
            storeText(attempt, preview, "fine");
            return ScriptedRunner.output("done");
        });
        CompletableFuture<Void> over = begin();
        worker.execution().running().heartbeat(Duration.ZERO).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(worker.job(id).artifacts())
                .singleElement()
                .satisfies(artifact -> assertThat(text(id, artifact)).isEqualTo("coarse"));

        release.countDown();
        over.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(worker.job(id).artifacts())
                .singleElement()
                .satisfies(artifact -> assertThat(text(id, artifact)).isEqualTo("fine"));
    }

    @Test
    void keepsTheLogOfAnAttemptThatFails() throws Exception {
        JobId id = worker.submit(aJob().maxAttempts(1));
        runner.does(attempt -> {
            storeText(attempt, LOG, "no such texture");
            throw new JobRejectedException(new JobError("texture-missing", "Upload the texture."));
        });
        worker.executeNext();

        Job job = worker.job(id);
        assertThat(job.status()).isEqualTo(JobStatus.FAILED);
        assertThat(job.artifacts())
                .singleElement()
                .satisfies(log -> assertThat(text(id, log)).isEqualTo("no such texture"));
    }

    @Test
    void keepsTheLogOfAnAttemptThatIsHandedBackUntilALaterOneWritesItsOwn() throws Exception {
        JobId id = worker.submit(aJob().maxAttempts(3));
        runner.does(attempt -> {
            storeText(attempt, LOG, "log " + attempt.number());
            if (attempt.number() == 1) {
                storeText(attempt, new ArtifactName("core-dump"), "of attempt 1");
            }
            if (attempt.number() < 2) {
                throw new IOException("the line is down");
            }
            return ScriptedRunner.output("done");
        });
        worker.executeNext();
        assertThat(worker.job(id).status()).isEqualTo(JobStatus.PENDING);
        assertThat(worker.job(id).artifacts()).extracting(Artifact::attempt).containsExactly(1, 1);

        worker.executeNext();
        Job job = worker.job(id);
        assertThat(job.status()).isEqualTo(JobStatus.COMPLETED);
        assertThat(job.artifacts()).extracting(artifact -> text(id, artifact)).containsExactly("of attempt 1", "log 2");
        assertThat(job.artifacts()).extracting(Artifact::attempt).containsExactly(1, 2);
    }

    @Test
    void keepsTheLogThatARunnerStoresOnItsWayOutOfATimeout() throws Exception {
        JobId id = worker.submit(aJob().timeout(Duration.ofSeconds(10)).maxAttempts(1));
        runner.does(attempt -> {
            try (OutputStream log = attempt.openArtifact(LOG, TEXT)) {
                log.write("so far ".getBytes(StandardCharsets.UTF_8));
                started.countDown();
                ScriptedRunner.awaitStop(attempt);
                log.write("so good".getBytes(StandardCharsets.UTF_8));
            }
            storeText(attempt, new ArtifactName("last-words"), "stopped");
            throw new IllegalStateException("the program was stopped");
        });
        CompletableFuture<Void> over = begin();
        clock.advance(Duration.ofSeconds(11));
        worker.execution().running().enforceTimeouts();
        over.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);

        Job job = worker.job(id);
        assertThat(job.error()).isNotNull().extracting(JobError::code).isEqualTo("timed-out");
        assertThat(job.artifacts())
                .extracting(artifact -> text(id, artifact))
                .containsExactly("stopped", "so far so good");
    }

    @Test
    void keepsTheLogOfACancelledAttempt() throws Exception {
        JobId id = worker.submit();
        runner.does(attempt -> {
            storeText(attempt, LOG, "until now");
            started.countDown();
            ScriptedRunner.awaitStop(attempt);
            throw new IllegalStateException("stopped");
        });
        CompletableFuture<Void> over = begin();
        fleet.requestCancel(id);
        clock.advance(RunningJobs.CANCEL_CHECK.plusMillis(1));
        worker.execution().running().stopCancelled();
        over.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);

        assertThat(worker.job(id).status()).isEqualTo(JobStatus.CANCELLED);
        assertThat(worker.job(id).artifacts()).extracting(Artifact::name).containsExactly(LOG);
    }

    @Test
    void takesNothingFromARunnerThatWasLeftBehind() throws Exception {
        JobId id = worker.submit(aJob().timeout(Duration.ofSeconds(10)).maxAttempts(1));
        CompletableFuture<List<Throwable>> refusals = new CompletableFuture<>();
        CompletableFuture<Path> directory = new CompletableFuture<>();
        runner.does(attempt -> {
            Path scratch = attempt.scratch();
            directory.complete(scratch);
            storeText(attempt, LOG, "in time");
            Path file = Files.writeString(Files.createTempFile("late-", ".txt"), "too late");
            OutputStream open = attempt.openArtifact(new ArtifactName("open"), TEXT);
            started.countDown();
            awaitIgnoringInterrupts(release);
            // What a program does whose directory is suddenly gone.
            Files.writeString(Files.createDirectories(scratch).resolve("late"), "late");
            List<Throwable> refused = new ArrayList<>();
            refused.add(catchThrowable(() -> attempt.storeArtifact(LOG, TEXT, file)));
            refused.add(catchThrowable(open::close));
            refused.add(catchThrowable(() -> attempt.start(new ProcessBuilder("true"))));
            refusals.complete(refused);
            return ScriptedRunner.output("far too late");
        });
        CompletableFuture<Void> over = begin();
        clock.advance(Duration.ofSeconds(11));
        worker.execution().running().enforceTimeouts();
        over.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        Job job = worker.job(id);
        assertThat(directory.get()).doesNotExist();
        release.countDown();

        assertThat(refusals.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .hasSize(3)
                .allSatisfy(refusal -> assertThat(refusal)
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("The attempt has ended"));
        await().atMost(PATIENCE).until(() -> worker.execution().leftBehind(JobBuilder.POOL) == 0);
        await().atMost(PATIENCE).until(() -> Files.notExists(directory.get()));
        assertThat(worker.job(id)).isEqualTo(job);
        assertThat(job.artifacts())
                .singleElement()
                .satisfies(log -> assertThat(text(id, log)).isEqualTo("in time"));
    }

    private static void awaitIgnoringInterrupts(CountDownLatch latch) {
        while (true) {
            try {
                latch.await();
                return;
            } catch (InterruptedException e) {
                // Ignored, as everything is.
            }
        }
    }

    @Test
    void uploadsALargeStreamWhileItIsWrittenAndKeepsOnePartInMemory() throws Exception {
        JobId id = worker.submit();
        List<Long> inMemory = new ArrayList<>();
        runner.does(attempt -> {
            byte[] chunk = new byte[MEBIBYTE];
            try (OutputStream out = attempt.openArtifact(new ArtifactName("video"), "video/mp4")) {
                for (int i = 0; i < 100; i++) {
                    chunk[0] = (byte) i;
                    out.write(chunk);
                    if (i % 10 == 9) {
                        inMemory.add((i + 1L) * MEBIBYTE - uploadedBytes(id));
                    }
                }
            }
            return ScriptedRunner.output("done");
        });
        worker.executeNext();

        Artifact artifact = worker.job(id).artifacts().getFirst();
        assertThat(artifact.bytes()).isEqualTo(100L * MEBIBYTE);
        StoredFile file = fleet.results().locate(worker.job(id), artifact);
        // S3 says of how many parts an object was made.
        assertThat(fleet.results().head(file)).get().satisfies(head -> {
            assertThat(head.bytes()).isEqualTo(100L * MEBIBYTE);
            assertThat(head.eTag()).endsWith("-13\"");
        });
        assertThat(content(id, artifact)).satisfies(bytes -> {
            assertThat(bytes[0]).isZero();
            assertThat(bytes[63 * MEBIBYTE]).isEqualTo((byte) 63);
            assertThat(bytes[99 * MEBIBYTE]).isEqualTo((byte) 99);
        });
        assertThat(inMemory)
                .hasSize(10)
                .allSatisfy(bytes -> assertThat(bytes).isBetween(1L, (long) UploadStream.PART_BYTES));
    }

    @Test
    void abortsAStreamThatIsNotClosed() throws Exception {
        JobId id = worker.submit();
        runner.does(attempt -> {
            OutputStream out = attempt.openArtifact(LOG, TEXT);
            out.write(new byte[UploadStream.PART_BYTES + 1]);
            assertThat(unfinished(id)).hasSize(1);
            return ScriptedRunner.output("done");
        });
        worker.executeNext();

        assertThat(worker.job(id).status()).isEqualTo(JobStatus.COMPLETED);
        assertThat(worker.job(id).artifacts()).isEmpty();
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(unfinished(id)).isEmpty());
        assertThat(objects(id)).singleElement().asString().endsWith(".png");
    }

    @Test
    void endsAnUploadThatAnInterruptMeets() throws Exception {
        JobId id = worker.submit(aJob().timeout(Duration.ofSeconds(10)).maxAttempts(1));
        runner.does(attempt -> {
            try (OutputStream out = attempt.openArtifact(LOG, TEXT)) {
                out.write(new byte[UploadStream.PART_BYTES + 1]);
                started.countDown();
                awaitIgnoringInterrupts(release);
                Thread.currentThread().interrupt();
                out.write(new byte[UploadStream.PART_BYTES]);
            }
            return ScriptedRunner.output("done");
        });
        CompletableFuture<Void> over = begin();
        clock.advance(Duration.ofSeconds(11));
        worker.execution().running().enforceTimeouts();
        release.countDown();
        over.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);

        assertThat(worker.job(id).error())
                .isNotNull()
                .extracting(JobError::code)
                .isEqualTo("timed-out");
        assertThat(worker.job(id).artifacts()).isEmpty();
        assertThat(unfinished(id)).isEmpty();
    }

    @Test
    void refusesTooManyNamesTooManyOpenStreamsAndInvalidMediaTypes() throws Exception {
        JobId id = worker.submit();
        runner.does(attempt -> {
            assertThatIllegalArgumentException().isThrownBy(() -> storeText(attempt, "no media type", LOG, "x"));
            for (int i = 0; i < Artifact.MAX_NAMES; i++) {
                storeText(attempt, new ArtifactName("part-" + i), "x");
            }
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> storeText(attempt, LOG, "x"))
                    .withMessageContaining("at most 16 artifact names");
            List<OutputStream> open = new ArrayList<>();
            for (int i = 0; i < JobAttempt.MAX_OPEN_ARTIFACTS; i++) {
                open.add(attempt.openArtifact(new ArtifactName("part-" + i), TEXT));
            }
            assertThatIllegalStateException().isThrownBy(() -> attempt.openArtifact(new ArtifactName("part-9"), TEXT));
            for (OutputStream stream : open) {
                stream.close();
                stream.close();
                assertThatIOException().isThrownBy(() -> stream.write(1));
            }
            return ScriptedRunner.output("done");
        });
        worker.executeNext();

        assertThat(worker.job(id).status()).isEqualTo(JobStatus.COMPLETED);
        assertThat(worker.job(id).artifacts()).hasSize(Artifact.MAX_NAMES);
    }

    @Test
    void failsAJobWhoseArtifactIsTooLargeAlthoughItsRunnerTakesNoNotice() throws Exception {
        JobId id = worker.submit();
        runner.does(attempt -> {
            storeText(attempt, LOG, "before");
            try (OutputStream out = attempt.openArtifact(new ArtifactName("endless"), TEXT)) {
                for (int i = 0; i < 200; i++) {
                    out.write(new byte[MEBIBYTE]);
                }
            } catch (StoppedException e) {
                // As if nothing had happened.
            }
            return ScriptedRunner.output("done");
        });
        worker.executeNext();

        assertFailed(id, "output-too-large", "renderfleet.worker.output-limit");
        assertThat(worker.job(id).artifacts()).extracting(Artifact::name).containsExactly(LOG);
        assertThat(unfinished(id)).isEmpty();
        assertThat(objects(id)).containsExactly("log.txt");
    }

    @Test
    void failsAJobWhoseResultIsTooLargeWithoutUploadingIt() throws Exception {
        JobId id = worker.submit();
        runner.does(attempt -> new JobOutput(sparse(Files.createTempFile("large-", ".bin"), 5L << 30), "bin", "a/b"));
        worker.executeNext();

        assertFailed(id, "output-too-large", "renderfleet.worker.output-limit");
        assertThat(objects(id)).isEmpty();
    }

    /** A file that takes no room and shows this size. */
    private static Path sparse(Path file, long bytes) throws IOException {
        file.toFile().deleteOnExit();
        try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "rw")) {
            content.setLength(bytes);
        }
        return file;
    }

    @Test
    void stopsAnAttemptThatFillsItsDirectory() throws Exception {
        JobId id = worker.submit();
        CompletableFuture<Path> directory = new CompletableFuture<>();
        runner.does(attempt -> {
            directory.complete(attempt.scratch());
            sparse(attempt.scratch().resolve("5gb"), 5L << 30);
            ScriptedRunner.awaitStop(attempt);
            throw new StoppedException();
        });
        worker.executeNext();

        assertFailed(id, "scratch-too-large", "renderfleet.worker.scratch-limit");
        assertThat(directory.get()).doesNotExist();
    }

    @Test
    void stopsAnAttemptThatMakesTooManyFiles() throws Exception {
        JobId id = worker.submit();
        runner.does(attempt -> {
            for (int i = 0; i <= Scratch.MAX_ENTRIES; i++) {
                Files.createFile(attempt.scratch().resolve("empty-" + i));
            }
            return ScriptedRunner.output("done");
        });
        worker.executeNext();

        assertFailed(id, "scratch-too-large", "renderfleet.worker.scratch-limit");
    }

    @Test
    void leavesARunnerBehindThatFillsItsDirectoryAndIgnoresEverything() throws Exception {
        JobId id = worker.submit();
        runner.does(attempt -> {
            sparse(attempt.scratch().resolve("5gb"), 5L << 30);
            awaitIgnoringInterrupts(release);
            return ScriptedRunner.output("far too late");
        });
        worker.executeNext();

        assertFailed(id, "scratch-too-large", "renderfleet.worker.scratch-limit");
        assertThat(worker.execution().leftBehind(JobBuilder.POOL)).isEqualTo(1);
        release.countDown();
    }
}
