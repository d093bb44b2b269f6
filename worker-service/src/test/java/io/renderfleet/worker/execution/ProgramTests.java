package io.renderfleet.worker.execution;

import static io.renderfleet.testing.JobBuilder.aJob;
import static io.renderfleet.worker.execution.TestWorker.REGION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.renderfleet.job.Job;
import io.renderfleet.job.JobError;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobStatus;
import io.renderfleet.jobtype.AttemptException.StoppedException;
import io.renderfleet.jobtype.JobAttempt;
import io.renderfleet.jobtype.JobRunner.JobOutput;
import io.renderfleet.queue.Lane;
import io.renderfleet.testing.JobBuilder;
import io.renderfleet.testing.MutableClock;
import io.renderfleet.worker.LocalFleet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of the programs that attempts start, and of all that those start. */
@ExtendWith(LocalFleet.Extension.class)
@EnabledOnOs(OS.LINUX)
class ProgramTests {
    /** Longer than the deadline of the jobs, and short enough that a runner is left behind after 4 seconds. */
    private static final Duration LEASE = Duration.ofSeconds(12);

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final MutableClock clock = new MutableClock(Instant.parse("2030-01-01T00:00:00.000Z"));
    private final ScriptedRunner runner = new ScriptedRunner();
    private final TestWorker worker;
    /** Where programs write their process ids; outside of the attempt's directory, to be read when it is over. */
    private final Path pids;

    private final CountDownLatch started = new CountDownLatch(1);

    ProgramTests(LocalFleet fleet, @TempDir Path directory) throws Exception {
        this.pids = directory.resolve("pids");
        this.worker = new TestWorker(
                "worker-a", fleet, fleet.jobs(clock), fleet.emptyQueue(REGION, Lane.NORMAL), runner, clock, LEASE);
    }

    private static ProcessBuilder sh(String script) {
        return new ProcessBuilder("sh", "-c", script).redirectErrorStream(true);
    }

    /** Starts a script and waits until so many processes have written their ids to {@code $PIDS}. */
    private Process start(JobAttempt attempt, String script, int processes) throws IOException {
        ProcessBuilder builder = sh(script);
        builder.environment().put("PIDS", pids.toString());
        Process process = attempt.start(builder);
        await().atMost(PATIENCE).until(() -> family().size() >= processes);
        started.countDown();
        return process;
    }

    private List<Long> family() throws IOException {
        return Files.exists(pids)
                ? Files.readAllLines(pids).stream().map(Long::parseLong).toList()
                : List.of();
    }

    private CompletableFuture<Void> begin() throws Exception {
        CompletableFuture<Void> over = worker.receiveAndExecute();
        assertThat(started.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        return over;
    }

    private void passDeadline(CompletableFuture<Void> over) throws Exception {
        clock.advance(Duration.ofSeconds(11));
        worker.execution().running().enforceTimeouts();
        over.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private void assertNoneLives() throws Exception {
        assertThat(family()).isNotEmpty().noneMatch(ProgramTests::isRunning);
    }

    /** A process that has ended stays in the table until its parent has asked for its end. */
    private static boolean isRunning(long pid) {
        try {
            String status = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            return status.charAt(status.lastIndexOf(')') + 2) != 'Z';
        } catch (IOException e) {
            return false;
        }
    }

    private static JobOutput result(JobAttempt attempt) throws IOException {
        return new JobOutput(attempt.scratch().resolve("out.txt"), "txt", "text/plain");
    }

    @Test
    void runsAProgramInTheDirectoryOfItsAttempt() throws Exception {
        JobId id = worker.submit();
        runner.does(attempt -> {
            Process process = attempt.start(sh("echo $TMPDIR > out.txt; pwd >> out.txt"));
            assertThat(process.waitFor()).isZero();
            assertThat(attempt.scratch().resolve("out.txt")).hasContent(attempt.scratch() + "\n" + attempt.scratch());
            return result(attempt);
        });
        worker.executeNext();
        assertThat(worker.job(id).status()).isEqualTo(JobStatus.COMPLETED);
    }

    @Test
    void startsAProgramWithoutTheEnvironmentOfTheWorker() throws Exception {
        JobId id = worker.submit();
        runner.does(attempt -> {
            Path out = attempt.scratch().resolve("out.txt");
            ProcessBuilder program = new ProcessBuilder("env").redirectOutput(out.toFile());
            program.environment().put("SCENE", "chair");
            assertThat(attempt.start(program).waitFor()).isZero();
            List<String> variables = Files.readAllLines(out);
            assertThat(variables)
                    .contains(
                            "SCENE=chair",
                            "PATH=" + System.getenv("PATH"),
                            "TMPDIR=" + attempt.scratch(),
                            Programs.MARK + "=" + attempt.jobId() + "/" + attempt.number());
            assertThat(variables)
                    .extracting(variable -> variable.substring(0, variable.indexOf('=')))
                    .isSubsetOf("SCENE", "PATH", "HOME", "LANG", "TMPDIR", Programs.MARK);
            return result(attempt);
        });
        worker.executeNext();
        assertThat(worker.job(id).status()).isEqualTo(JobStatus.COMPLETED);
    }

    @Test
    void asksAProgramToEndBeforeItIsKilled() throws Exception {
        JobId id = worker.submit(aJob().timeout(Duration.ofSeconds(10)).maxAttempts(1));
        CompletableFuture<Integer> exit = new CompletableFuture<>();
        runner.does(attempt -> {
            Process process = start(
                    attempt,
                    "trap 'exit 7' TERM; echo $$ > $PIDS; i=0; while [ $i -lt 600 ]; do sleep 0.1; i=$((i+1)); done",
                    1);
            exit.complete(process.waitFor());
            throw new StoppedException();
        });
        passDeadline(begin());

        assertThat(exit.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(7);
        assertThat(worker.job(id).error())
                .isNotNull()
                .extracting(JobError::code)
                .isEqualTo("timed-out");
        assertThat(worker.execution().leftBehind(JobBuilder.POOL)).isZero();
    }

    @Test
    void killsChildrenThatIgnoreThatTheyAreToEnd() throws Exception {
        JobId id = worker.submit(aJob().timeout(Duration.ofSeconds(10)).maxAttempts(1));
        runner.does(attempt -> {
            Process process = start(
                    attempt,
                    "trap '' TERM; echo $$ > $PIDS; for i in 1 2 3; do sh -c 'trap \"\" TERM; echo $$ >> $PIDS;"
                            + " sleep 60; sleep 60' & done; wait",
                    4);
            process.waitFor();
            throw new StoppedException();
        });
        passDeadline(begin());

        assertNoneLives();
        assertThat(worker.job(id).status()).isEqualTo(JobStatus.FAILED);
        assertThat(worker.execution().leftBehind(JobBuilder.POOL)).isZero();
    }

    @Test
    void killsProcessesThatOutliveTheRunnerEvenIfTheirParentHasEnded() throws Exception {
        JobId id = worker.submit();
        runner.does(attempt -> {
            // The child of a shell that ends at once belongs to nobody.
            Process process = start(
                    attempt,
                    "echo $$ > $PIDS; (sh -c 'trap \"\" TERM; echo $$ >> $PIDS; sleep 60; sleep 60' &) ; exit 0",
                    2);
            assertThat(process.waitFor()).isZero();
            assertThat(family().stream().filter(ProgramTests::isRunning)).hasSize(1);
            Files.writeString(attempt.scratch().resolve("out.txt"), "done");
            return result(attempt);
        });
        worker.executeNext();

        assertNoneLives();
        assertThat(worker.job(id).status()).isEqualTo(JobStatus.COMPLETED);
    }

    @Test
    void killsTheProgramsOfARunnerThatIgnoresEverything() throws Exception {
        JobId id = worker.submit(aJob().timeout(Duration.ofSeconds(10)).maxAttempts(1));
        CompletableFuture<Void> release = new CompletableFuture<>();
        runner.does(attempt -> {
            start(attempt, "trap '' TERM; echo $$ > $PIDS; sleep 60; sleep 60; sleep 60", 1);
            // Join takes no notice of interrupts.
            release.join();
            return ScriptedRunner.output("far too late");
        });
        passDeadline(begin());

        assertNoneLives();
        assertThat(worker.execution().leftBehind(JobBuilder.POOL)).isEqualTo(1);
        assertThat(worker.job(id).error())
                .isNotNull()
                .extracting(JobError::code)
                .isEqualTo("timed-out");
        release.complete(null);
    }

    @Test
    void endsAProgramThatStartsTooManyOthersAndFailsItsJob() throws Exception {
        JobId id = worker.submit();
        runner.does(attempt -> {
            // A fork bomb that ends by itself: 2 to the power of 6 processes, each for a minute at most.
            Files.writeString(attempt.scratch().resolve("bomb"), """
                trap '' TERM
                echo $$ >> $PIDS
                if [ $1 -gt 0 ]; then sh bomb $(($1-1)) & sh bomb $(($1-1)) & fi
                sleep 60
                """);
            start(attempt, "exec sh bomb 5", 1).waitFor();
            throw new StoppedException();
        });
        worker.executeNext();

        assertNoneLives();
        Job job = worker.job(id);
        assertThat(job.status()).isEqualTo(JobStatus.FAILED);
        assertThat(job.chargedAttempts()).isEqualTo(1);
        assertThat(job.error()).isNotNull().satisfies(error -> {
            assertThat(error.code()).isEqualTo("too-many-processes");
            assertThat(error.message()).contains("the limit is 20").contains("renderfleet.worker.process-limit");
        });
        JobId next = worker.submit();
        runner.does(attempt -> ScriptedRunner.output("done"));
        worker.executeNext();
        assertThat(worker.job(next).status()).isEqualTo(JobStatus.COMPLETED);
    }
}
