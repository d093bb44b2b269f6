package io.renderfleet.worker.execution;

import static io.renderfleet.testing.JobBuilder.aJob;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.renderfleet.job.Attempt;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobError;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobStatus;
import io.renderfleet.job.JobStore;
import io.renderfleet.job.JobStore.ClaimOutcome;
import io.renderfleet.job.WorkerId;
import io.renderfleet.queue.Lane;
import io.renderfleet.testing.JobBuilder;
import io.renderfleet.worker.LocalFleet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.DefaultApplicationArguments;

@ExtendWith(LocalFleet.Extension.class)
class LeftJobsTests {
    private final JobStore store;
    private final TestWorker worker;
    private final ScriptedRunner runner = new ScriptedRunner();
    private final Path directory;

    private final Path temporary;

    LeftJobsTests(LocalFleet fleet, @TempDir Path parent) throws Exception {
        this.directory = Files.createDirectory(parent.resolve("in-hand"));
        this.temporary = Files.createDirectory(parent.resolve("temporary"));
        this.store = fleet.jobs(Clock.systemUTC());
        this.worker = new TestWorker(
                "worker",
                fleet,
                store,
                fleet.emptyQueue(TestWorker.REGION, Lane.NORMAL),
                runner,
                Clock.systemUTC(),
                TestWorker.LEASE,
                directory);
    }

    @Test
    void namesAJobWhileItRuns() throws Exception {
        runner.does(run -> {
            assertThat(directory.resolve(run.jobId().toString())).hasContent("1");
            return ScriptedRunner.output("done");
        });
        JobId id = worker.submit(aJob());
        worker.executeNext();

        assertThat(job(id).status()).isEqualTo(JobStatus.COMPLETED);
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void triesTheJobsOfAWorkerThatWasKilledForItsMemoryTwice() throws IOException {
        JobId id = worker.submitUnsent(aJob().maxAttempts(5)).jobId();
        isKilledWhileItRuns(id, true);
        assertThat(job(id).status()).isEqualTo(JobStatus.PENDING);
        assertThat(job(id).chargedAttempts()).isEqualTo(1);

        isKilledWhileItRuns(id, true);

        Job failed = job(id);
        assertThat(failed.status()).isEqualTo(JobStatus.FAILED);
        assertThat(failed.error()).isNotNull().extracting(JobError::code).isEqualTo("out-of-memory");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void releasesTheJobsOfAWorkerThatWasKilledOtherwiseWithoutACharge() throws IOException {
        JobId id = worker.submitUnsent(aJob()).jobId();

        isKilledWhileItRuns(id, false);

        assertThat(job(id).status()).isEqualTo(JobStatus.PENDING);
        assertThat(job(id).chargedAttempts()).isZero();
        assertThat(job(id).attempts()).extracting(Attempt::outcome).containsExactly(Attempt.Outcome.INTERRUPTED);
    }

    @Test
    void deletesTheFilesOfAttemptsThatWereKilled() throws IOException {
        Path attempt = Files.createDirectories(temporary.resolve("renderfleet-attempt-1/frames"));
        Files.writeString(attempt.resolve("frame.png"), "picture");
        Path other = Files.createDirectories(temporary.resolve("renderfleet/designs"));

        settle();

        assertThat(attempt.getParent()).doesNotExist();
        assertThat(other).isDirectory();
    }

    @Test
    void leavesJobsThatAnotherWorkerHasTakenOver() throws IOException {
        JobId id = worker.submitUnsent(aJob()).jobId();
        claim(id);
        Files.writeString(directory.resolve(id.toString()), "7");

        settle();

        assertThat(job(id).status()).isEqualTo(JobStatus.PROCESSING);
    }

    @Test
    void ignoresFilesThatNameNoJob() throws IOException {
        JobId unknown = JobId.random();
        Files.writeString(directory.resolve(unknown.toString()), "1");
        Files.writeString(directory.resolve("notes.txt"), "hello");

        settle();

        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left).isEmpty();
        }
    }

    private void isKilledWhileItRuns(JobId id, boolean forMemory) throws IOException {
        Job running = claim(id);
        new JobsInHand(directory, temporary).add(running);
        if (forMemory) {
            Files.createFile(directory.resolve(JobsInHand.OUT_OF_MEMORY));
        }
        settle();
    }

    private Job claim(JobId id) {
        ClaimOutcome outcome = store.claim(id, 1, TestWorker.REGION, new WorkerId("killed"), Duration.ofMinutes(1));
        assertThat(outcome).isInstanceOf(ClaimOutcome.Claimed.class);
        return ((ClaimOutcome.Claimed) outcome).job();
    }

    private void settle() {
        ExecutionMetrics metrics = new ExecutionMetrics(new SimpleMeterRegistry(), JobBuilder.POOL);
        new LeftJobs(new JobsInHand(directory, temporary), store, new Random(1), _ -> metrics)
                .run(new DefaultApplicationArguments());
    }

    private Job job(JobId id) {
        return store.find(id).orElseThrow();
    }
}
